import { subscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, type RequestListener, Server } from 'node:http';
import { checkCaller } from './check-caller.ts';
import { classifyError, permanent, type SyncError } from './errors.ts';

const MAX_BODY_BYTES = 65_536;

const refusals = new WeakMap<IncomingMessage, SyncError>();

/** @returns why the guard refuses a request, for the endpoint to throw. */
export function findRefusal(request: IncomingMessage): SyncError | undefined {
  return refusals.get(request);
}

/** Guards each HTTP server of this process when it begins to listen, the functions framework's. */
export function guardEveryServer(allowedHosts: readonly string[]): void {
  subscribe('tracing:net.server.listen:asyncStart', (message) => {
    const { server } = message as { server: unknown };
    if (server instanceof Server) guardRequests(server, allowedHosts);
  });
}

/**
 * Checks each request and reads its body before the functions framework does, whose parsers answer
 * a bad request in HTML and read up to 1 GiB. A refused request reaches its endpoint without its
 * path and body, so the refusal is answered in the endpoint's own form, and logged.
 */
export function guardRequests(server: Server, allowedHosts: readonly string[]): Server {
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  return server.on('request', async (request, response) => {
    try {
      checkRequest(request, allowedHosts);
      // The framework's parsers leave a body alone that has been read.
      Object.assign(request, { rawBody: await readBody(request) });
    } catch (error) {
      if (request.errored) return;
      refusals.set(request, classifyError(error));
      request.url = '/';
      delete request.headers['content-length'];
      delete request.headers['transfer-encoding'];
    }
    for (const listener of listeners) listener.call(server, request, response);
  });
}

/** @throws SyncError */
function checkRequest(request: IncomingMessage, allowedHosts: readonly string[]): void {
  const { headers, url = '' } = request;
  const complaint = checkCaller(headers, allowedHosts);
  if (complaint !== undefined) throw permanent('caller_refused', complaint, { status: 403 });
  if (!isPath(url)) throw invalid(`The path ${JSON.stringify(url)} is not valid`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw invalid(`Content-Encoding is ${JSON.stringify(encoding)}; send the body as it is`);
  }
  const [, charset = 'utf-8'] =
    /;\s*charset="?([^\s;"]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (!/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw invalid(`The charset is ${JSON.stringify(charset)}; send UTF-8`);
  }
  if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
}

/** @returns false for a path that Express cannot decode, or `*`. */
export function isPath(url: string): boolean {
  try {
    decodeURIComponent(url.replace(/\?.*/s, ''));
    return url.startsWith('/') || URL.canParse(url);
  } catch {
    return false;
  }
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    // What comes after a refusal is read and dropped, so the client gets to read the answer.
    request.on('data', (piece: Buffer) => {
      size += piece.byteLength;
      if (size <= MAX_BODY_BYTES) pieces.push(piece);
      else reject(tooLarge());
    });
    request.once('end', () => resolve(Buffer.concat(pieces)));
    request.once('error', reject);
  });
}

function invalid(message: string): SyncError {
  return permanent('invalid_request', message, { status: 400 });
}

function tooLarge(): SyncError {
  return permanent('request_too_large', `A body has at most ${MAX_BODY_BYTES} bytes`, {
    status: 413,
  });
}
