import { createError } from '../errors/workflow-error.ts';
import { mapOf, type Value } from '../values/value.ts';
import { expectMap, expectNumber, expectString } from './expect-argument.ts';
import { type CallContext, defineFunction } from './library-function.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];
const DEFAULT_TIMEOUT_SECONDS = 43_200;

export const eventFunctions = [
  defineFunction(
    'events.create_callback_endpoint(http_callback_method?)',
    ([method = 'POST'], context) => mapOf([['url', context.createCallback(readMethod(method))]]),
  ),
  defineFunction(
    'events.await_callback(callback, timeout?)',
    ([callback, timeout = BigInt(DEFAULT_TIMEOUT_SECONDS)], context) =>
      awaitCallback(callback, Number(expectNumber(timeout, 'timeout')), context),
    { isBlocking: true },
  ),
];

function readMethod(method: Value): string {
  const name = expectString(method, 'http_callback_method');
  if (METHODS.includes(name)) return name;
  throw createError('ValueError', `unknown method '${name}'; known: ${METHODS.join(', ')}`);
}

async function awaitCallback(
  callback: Value | undefined,
  timeoutSeconds: number,
  context: CallContext,
): Promise<Value> {
  const url = expectString(expectMap(callback, 'callback').get('url'), 'callback.url');
  if (!(timeoutSeconds > 0)) throw createError('ValueError', 'timeout must be above 0');
  const received = await context.awaitCallback(url, timeoutSeconds);
  if (received !== undefined) return received;
  throw createError('TimeoutError', `no callback within ${timeoutSeconds} seconds`);
}
