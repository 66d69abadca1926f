import { lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { AddressNotPublic, createPublicLookup, isPublicAddress } from './public-lookup.ts';

/** A connection without a byte for this long counts as broken. */
const IDLE_TIMEOUT_MS = 120_000;

const lookupPublic = createPublicLookup(lookup);

/**
 * Sends a GET and resolves to the response once its headers have arrived. Redirects are left to the
 * caller. Node's `fetch` cannot be given a lookup, so it cannot keep to public addresses.
 *
 * @param publicOnly refuses to connect to an address that is not on the public internet.
 * @throws AddressNotPublic, or the socket's error; the response's body throws the latter, too.
 */
export function openResponse(
  url: URL,
  publicOnly: boolean,
  idleTimeoutMs = IDLE_TIMEOUT_MS,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A socket does not call `lookup` if the host is an address.
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (publicOnly && isIP(host) !== 0 && !isPublicAddress(host)) {
      reject(new AddressNotPublic(host, host));
      return;
    }
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      // No connection is shared with requests that may reach other addresses.
      agent: false,
      timeout: idleTimeoutMs,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'user-agent': 'permit-sync',
      },
      ...(publicOnly ? { lookup: lookupPublic } : {}),
    });
    request.on('timeout', () => {
      request.destroy(new Error(`no data for ${idleTimeoutMs / 1_000} seconds`));
    });
    request.on('response', resolve);
    // Stays attached after the response: a later error breaks the body.
    request.on('error', reject);
    request.end();
  });
}
