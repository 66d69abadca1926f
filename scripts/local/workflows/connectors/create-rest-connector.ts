import { createError, WorkflowError } from '../errors/workflow-error.ts';
import { stringify } from '../expressions/stringify.ts';
import { buildUrl } from '../http/build-url.ts';
import { HTTP_LIMITS, performRequest } from '../http/perform-request.ts';
import { expectMap, expectNumber } from '../library/expect-argument.ts';
import type { CallContext, LibraryFunction } from '../library/library-function.ts';
import { isRetryable, predefinedPolicies } from '../library/retry.ts';
import { isMap, type MapValue, mapOf, type Value } from '../values/value.ts';

/** Where each Google API is, by its short name (`pubsub`): `http://127.0.0.1:8085`. */
export type ConnectorBaseUrls = Readonly<Record<string, string>>;

export type RestConnector = {
  /** The name in `call:`, such as `googleapis.pubsub.v1.projects.topics.publish`. */
  readonly name: string;
  /** Which base URL it uses. */
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Each `{name}` is an argument, put in as it is: the workflow encodes it, as in the cloud. */
  readonly path: string;
  /** Arguments that go into the query. */
  readonly query?: readonly string[];
  readonly hasBody?: boolean;
};

/**
 * A connector for one method of a REST API. Its result is the response's body itself. A GET is
 * retried by the idempotent default policy, any other method by the non-idempotent one.
 */
export function createRestConnector(
  connector: RestConnector,
  baseUrls: ConnectorBaseUrls,
): LibraryFunction {
  const pathNames = [...connector.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const queryNames = connector.query ?? [];
  const bodyNames = connector.hasBody === true ? ['body'] : [];
  const names = [...pathNames, ...queryNames, ...bodyNames, 'connector_params'];
  return {
    name: connector.name,
    parameters: names.map((name) => ({ name, isOptional: !pathNames.includes(name) })),
    isBlocking: true,
    run: (args, context) => {
      const given = mapOf(
        names.flatMap((name, at) => {
          const value = args[at];
          return value === undefined ? [] : [[name, value] as const];
        }),
      );
      return sendWithRetries(connector, buildTarget(connector, given, baseUrls), given, context);
    },
  };
}

async function sendWithRetries(
  connector: RestConnector,
  url: string,
  args: MapValue,
  context: CallContext,
): Promise<Value> {
  const policyName =
    connector.method === 'GET' ? 'http.default_retry' : 'http.default_retry_non_idempotent';
  const maxRetries = predefinedPolicies.get(policyName)?.maxRetries ?? 0;
  const request = {
    method: connector.method,
    url,
    headers: new Map<string, string>(),
    body: args.get('body'),
    timeoutSeconds: readTimeout(args.get('connector_params')),
  };
  for (let retries = 0; ; retries += 1) {
    try {
      const body = (await performRequest(request, context)).get('body') ?? null;
      return body === '' ? null : body;
    } catch (error) {
      const isWorthIt =
        error instanceof WorkflowError &&
        error.catchable &&
        isRetryable(error.value, connector.method === 'GET' ? 'idempotent' : 'non-idempotent');
      if (!isWorthIt || retries >= maxRetries) throw error;
    }
    await context.clock.sleep(Math.min(1.25 ** retries, 60), context.signal);
  }
}

function buildTarget(
  { service, path, query = [] }: RestConnector,
  args: MapValue,
  baseUrls: ConnectorBaseUrls,
): string {
  const base = baseUrls[service];
  if (base === undefined) {
    throw createError(
      'ConnectionFailedError',
      `no base URL for connectors of '${service}': give one in connectorBaseUrls`,
    );
  }
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const text = stringify(args.get(name) ?? null);
    if (text === undefined || text === '') {
      throw createError('TypeError', `argument '${name}' must be a string`);
    }
    return text;
  });
  const parameters = query.flatMap((name) => {
    const value = args.get(name) ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  return buildUrl(`${base.replace(/\/$/, '')}/${filled}`, mapOf(parameters));
}

function readTimeout(parameters: Value | undefined): number {
  if (parameters === undefined || parameters === null) return HTTP_LIMITS.longestTimeoutSeconds;
  const timeout = expectMap(parameters, 'connector_params').get('timeout');
  const seconds = timeout === undefined ? undefined : Number(expectNumber(timeout, 'timeout'));
  // Each request is cut off after 30 minutes whatever the whole call may take.
  return Math.min(seconds ?? Number.POSITIVE_INFINITY, HTTP_LIMITS.longestTimeoutSeconds);
}

/** True when connector_params asks not to wait for the operation that the request began. */
export function skipsPolling(parameters: Value | undefined): boolean {
  return isMap(parameters) && parameters.get('skip_polling') === true;
}
