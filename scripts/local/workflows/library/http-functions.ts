import { createError } from '../errors/workflow-error.ts';
import { stringify } from '../expressions/stringify.ts';
import { buildUrl } from '../http/build-url.ts';
import { checkAuth } from '../http/check-auth.ts';
import { HTTP_LIMITS, performRequest } from '../http/perform-request.ts';
import type { MapValue, Value } from '../values/value.ts';
import { expectMap, expectNumber, expectString } from './expect-argument.ts';
import { type CallContext, defineFunction } from './library-function.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];
const COMMON =
  'url, timeout?, body?, headers?, query?, auth?, private_service_name?, ca_certificate?';

type Arguments = readonly (Value | undefined)[];

export const httpFunctions = [
  ...['get', 'post', 'put', 'patch', 'delete'].map((name) =>
    defineFunction(
      `http.${name}(${COMMON})`,
      (args, context) => send(name.toUpperCase(), args, context),
      { isBlocking: true },
    ),
  ),
  defineFunction(
    `http.request(method, ${COMMON})`,
    ([method, ...args], context) => send(readMethod(method), args, context),
    { isBlocking: true },
  ),
];

async function send(method: string, args: Arguments, context: CallContext): Promise<MapValue> {
  const [url, timeout, body, headers = null, query = null, auth = null] = args;
  const target = buildUrl(expectString(url, 'url'), query);
  checkAuth(auth, target);
  return performRequest(
    {
      method,
      url: target,
      headers: headers === null ? new Map() : readHeaders(headers),
      // UNCONFIRMED: null means no body, as for the other optional arguments.
      body: body ?? undefined,
      timeoutSeconds: readTimeout(timeout),
    },
    context,
  );
}

function readMethod(method: Value | undefined): string {
  const name = expectString(method, 'method').toUpperCase();
  if (METHODS.includes(name)) return name;
  throw createError('ValueError', `unknown method '${name}'; known: ${METHODS.join(', ')}`);
}

function readTimeout(timeout: Value | undefined): number {
  if (timeout === undefined || timeout === null) return HTTP_LIMITS.defaultTimeoutSeconds;
  const seconds = Number(expectNumber(timeout, 'timeout'));
  if (seconds > 0 && seconds <= HTTP_LIMITS.longestTimeoutSeconds) return seconds;
  throw createError(
    'ValueError',
    `timeout must be above 0 and at most ${HTTP_LIMITS.longestTimeoutSeconds} seconds, not ${seconds}`,
  );
}

function readHeaders(headers: Value): ReadonlyMap<string, string> {
  return new Map(
    [...expectMap(headers, 'headers')].map(([name, value]) => {
      const text = stringify(value);
      if (text !== undefined) return [name, text] as const;
      throw createError('TypeError', `header '${name}' must be a string`);
    }),
  );
}
