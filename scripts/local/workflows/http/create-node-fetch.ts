import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Fetch, FetchResponse } from './fetch.ts';

/**
 * Idle connections are kept for 100 ms, enough for calls in a row. Servers close theirs after a few
 * seconds, and a request on a closed connection looks broken.
 */
const KEEP = { keepAlive: true, timeout: 100 } as const;

/**
 * Creates a fetch on node:http. Node's own fetch gives up after 300 s without response headers, but
 * a workflow may wait 1800 s.
 */
export function createNodeFetch(): Fetch {
  const http = { send: requestHttp, agent: new HttpAgent(KEEP) };
  const https = { send: requestHttps, agent: new HttpsAgent(KEEP) };
  return (url, init) =>
    new Promise<FetchResponse>((resolve, reject) => {
      const target = new URL(url);
      const { send, agent } = target.protocol === 'https:' ? https : http;
      const request = send(target, {
        method: init.method,
        headers:
          init.body === undefined
            ? init.headers
            : { ...init.headers, 'content-length': String(init.body.byteLength) },
        signal: init.signal,
        agent,
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
    // Merge repeated headers with commas, as the service has done since 2023-06-19.
    byName.set(name, before === undefined ? value : `${before},${value}`);
  }
  return [...byName];
}
