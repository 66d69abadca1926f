import type { Clock } from '../clock/clock.ts';
import { createError, createLimitError } from '../errors/workflow-error.ts';
import { type MapValue, mapOf, type Value } from '../values/value.ts';
import { classifyFailure } from './classify-failure.ts';
import { decodeResponse } from './decode-response.ts';
import { encodeBody } from './encode-body.ts';
import type { Fetch, FetchResponse } from './fetch.ts';

export const HTTP_LIMITS = {
  defaultTimeoutSeconds: 300,
  longestTimeoutSeconds: 1800,
  responseBytes: 2 * 1024 * 1024,
} as const;
const USER_AGENT = 'GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)';

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** Header names in any case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Undefined sends no body; null sends JSON's null. */
  readonly body: Value | undefined;
  readonly timeoutSeconds: number;
}
export interface Network {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Sends a request and returns `{body, code, headers}`. Redirects are returned, not followed
 * (UNCONFIRMED).
 *
 * @throws WorkflowError tagged HttpError for a status of 400 or more; tagged TimeoutError,
 *   ConnectionError, ConnectionFailedError or ResponseTypeError.
 */
export async function performRequest(
  request: OutgoingRequest,
  network: Network,
): Promise<MapValue> {
  const { status, headers, bytes } = await exchange(request, network);
  const headerMap = mapOf([...headers].map(([name, value]) => [writeHeaderName(name), value]));
  const contentType = headers.get('content-type');
  if (status < 400) {
    return mapOf([
      ['body', decodeResponse(bytes, contentType)],
      ['code', BigInt(status)],
      ['headers', headerMap],
    ]);
  }
  throw createError('HttpError', `HTTP server responded with error code ${status}`, [
    ['body', decodeErrorBody(bytes, contentType)],
    ['code', BigInt(status)],
    ['headers', headerMap],
  ]);
}

// The service shows canonical names such as `Content-Type`, however the server wrote them.
function writeHeaderName(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (start) => start.toUpperCase());
}

interface Exchange {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Uint8Array;
}

async function exchange(request: OutgoingRequest, network: Network): Promise<Exchange> {
  const { clock, signal } = network;
  signal.throwIfAborted();
  const outgoing = prepareRequest(request);
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let timedOut = false;
  (clock.limit ?? clock.sleep)(request.timeoutSeconds, stop.signal).then(
    () => {
      timedOut = true;
      stop.abort();
    },
    () => undefined,
  );
  // A virtual clock must not jump over the time-out while the server is answering.
  const release = clock.hold?.();
  try {
    const response = await network.fetch(request.url, { ...outgoing, signal: stop.signal });
    return await readResponse(response);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (timedOut) throw createError(['TimeoutError', 'OSError'], 'request timed out');
    if (error instanceof ResponseTooLarge) throw describeTooLarge();
    throw classifyFailure(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop.abort();
    release?.();
  }
}

// Read in parts, so a response of gigabytes is dropped after 2 MB.
async function readResponse(response: FetchResponse): Promise<Exchange> {
  const parts: Uint8Array[] = [];
  let byteCount = 0;
  for await (const part of response.body ?? []) {
    byteCount += part.byteLength;
    if (byteCount > HTTP_LIMITS.responseBytes) throw new ResponseTooLarge();
    parts.push(part);
  }
  return {
    status: response.status,
    headers: new Map(response.headers),
    bytes: new Uint8Array(Buffer.concat(parts)),
  };
}

class ResponseTooLarge extends Error {}

function describeTooLarge() {
  return createLimitError(
    'ResourceLimitError',
    `HTTP response size exceeds the limit of ${HTTP_LIMITS.responseBytes} bytes`,
  );
}

function prepareRequest(request: OutgoingRequest) {
  const headers = new Map(
    [...request.headers].map(([name, value]) => [name.toLowerCase(), value] as const),
  );
  const agent = headers.get('user-agent');
  headers.set('user-agent', agent === undefined ? USER_AGENT : `${agent} ${USER_AGENT}`);
  if (request.body === undefined) {
    return toInit(request.method, headers);
  }
  const { bytes, contentType } = encodeBody(request.body, headers.get('content-type'));
  headers.set('content-type', contentType);
  return { ...toInit(request.method, headers), body: bytes };
}

function toInit(method: string, headers: ReadonlyMap<string, string>) {
  return { method, headers: Object.fromEntries(headers), redirect: 'manual' as const };
}

// A body that cannot be decoded must not replace the HttpError.
function decodeErrorBody(bytes: Uint8Array, contentType: string | undefined): Value {
  try {
    return decodeResponse(bytes, contentType);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
