import { createError, WorkflowError } from '../errors/workflow-error.ts';
import { stringify } from '../expressions/stringify.ts';
import { buildUrl } from '../http/build-url.ts';
import { HTTP_LIMITS, performRequest } from '../http/perform-request.ts';
import { expectMap } from '../library/expect-argument.ts';
import type { CallContext, LibraryFunction } from '../library/library-function.ts';
import { isRetryable, predefinedPolicies } from '../library/retry-functions.ts';
import { type MapValue, mapOf, type Value } from '../values/value.ts';
import { readConnectorParameters } from './connector-parameters.ts';
import { createDeadline, type Deadline, pollUntilDone } from './deadline.ts';
import { readFinishedOperation } from './read-operation.ts';

/** The base URL of each Google API, by short name (`pubsub`): `http://127.0.0.1:8085`. */
export type ConnectorBaseUrls = Readonly<Record<string, string>>;

export interface RestConnector {
  /** The name in `call:`, such as `googleapis.pubsub.v1.projects.topics.publish`. */
  readonly name: string;
  /** The short name of its API in ConnectorBaseUrls. */
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Each `{name}` is an argument, inserted unencoded: the workflow encodes it, as in the cloud. */
  readonly path: string;
  /** Arguments sent in the query. */
  readonly query?: readonly string[];
  readonly hasBody?: boolean;
  /**
   * Where to poll the long-running operation that the method returns: `v1/{name}`. The call waits
   * until the operation is done, unless `skip_polling` is set.
   */
  readonly operationPath?: string;
}

/**
 * Creates a connector for one method of a REST API. It returns the response's body. A GET is
 * retried by the idempotent default policy, any other method by the non-idempotent one.
 */
export function createRestConnector(
  connector: RestConnector,
  baseUrls: ConnectorBaseUrls,
): LibraryFunction {
  const pathNames = [...connector.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const queryNames = connector.query ?? [];
  const bodyNames = connector.hasBody === true ? ['body'] : [];
  const names = [...pathNames, ...queryNames, ...bodyNames, 'query', 'connector_params'];
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
      return callMethod(connector, given, readBaseUrl(connector.service, baseUrls), context);
    },
  };
}

async function callMethod(
  { method, path, query = [], operationPath }: RestConnector,
  args: MapValue,
  baseUrl: string,
  context: CallContext,
): Promise<Value> {
  const parameters = readConnectorParameters(args.get('connector_params'));
  const deadline = createDeadline(context.clock, parameters.timeoutSeconds);
  const url = buildUrl(baseUrl + fillPath(path, args), readQuery(query, args));
  // A connector sends no body for null.
  const body = args.get('body') ?? undefined;
  const answer = await sendWithRetries({ method, url, body }, deadline, context);
  if (operationPath === undefined || parameters.skipsPolling) return answer;
  const ask = async (operation: Value) =>
    readFinishedOperation(
      await sendWithRetries(
        {
          method: 'GET',
          url: baseUrl + fillPath(operationPath, expectMap(operation, 'operation')),
        },
        deadline,
        context,
      ),
    );
  return (
    readFinishedOperation(answer) ??
    pollUntilDone(() => ask(answer), parameters.polling, deadline, context)
  );
}

interface Sending {
  readonly method: string;
  readonly url: string;
  readonly body?: Value | undefined;
}

async function sendWithRetries(
  { method, url, body }: Sending,
  deadline: Deadline,
  context: CallContext,
): Promise<Value> {
  const kind = method === 'GET' ? 'idempotent' : 'non-idempotent';
  const policyName = method === 'GET' ? 'http.default_retry' : 'http.default_retry_non_idempotent';
  const maxRetries = predefinedPolicies.get(policyName)?.maxRetries ?? 0;
  for (let retries = 0; ; retries += 1) {
    // Each request is cut off after 30 minutes, even if the whole call may take longer.
    const timeoutSeconds = Math.min(deadline.remainingSeconds(), HTTP_LIMITS.longestTimeoutSeconds);
    const request = { method, url, headers: new Map<string, string>(), body, timeoutSeconds };
    try {
      const answer = (await performRequest(request, context)).get('body') ?? null;
      return answer === '' ? null : answer;
    } catch (error) {
      const isWorthIt =
        error instanceof WorkflowError && error.catchable && isRetryable(error.value, kind);
      if (!isWorthIt || retries >= maxRetries) throw error;
    }
    await context.clock.sleep(Math.min(1.25 ** retries, 60), context.signal);
  }
}

function readBaseUrl(service: string, baseUrls: ConnectorBaseUrls): string {
  const base = baseUrls[service];
  if (base !== undefined) return `${base.replace(/\/$/, '')}/`;
  throw createError(
    'ConnectionFailedError',
    `no base URL for connectors of '${service}': give one in connectorBaseUrls`,
  );
}

function fillPath(path: string, args: MapValue): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const text = stringify(args.get(name) ?? null);
    if (text === undefined || text === '') {
      throw createError('TypeError', `argument '${name}' must be a string`);
    }
    return text;
  });
}

// By their own names and in a map `query`, as in Google's batch translation demo.
function readQuery(names: readonly string[], args: MapValue): MapValue {
  const named = names.flatMap((name) => {
    const value = args.get(name) ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  return mapOf([...named, ...expectMap(args.get('query') ?? mapOf([]), 'query')]);
}
