import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Fetch, FetchResponse } from './fetch.ts';

/**
 * A fetch on node:http. Node's own gives up when a response's headers take longer than 300 s, and a
 * workflow may wait 1800 s. Each request has its own connection: a kept one that the server closes
 * meanwhile would look like a broken request.
 */
export function createNodeFetch(): Fetch {
  return (url, init) =>
    new Promise<FetchResponse>((resolve, reject) => {
      const target = new URL(url);
      const send = target.protocol === 'https:' ? requestHttps : requestHttp;
      const request = send(target, {
        method: init.method,
        headers:
          init.body === undefined
            ? init.headers
            : { ...init.headers, 'content-length': String(init.body.byteLength) },
        signal: init.signal,
        agent: false,
      });
      request.on('error', reject);
      request.on('response', (response) => {
        resolve({
          status: response.statusCode ?? 0,
          headers: listHeaders(response),
          body: response,
        });
      });
      request.end(init.body);
    });
}

function listHeaders(response: IncomingMessage): [string, string][] {
  const byName = new Map<string, string>();
  const raw = response.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const value = raw[at + 1] ?? '';
    const before = byName.get(name);
    // Repeated headers are merged with commas, as the service does since 2023-06-19.
    byName.set(name, before === undefined ? value : `${before},${value}`);
  }
  return [...byName];
}
