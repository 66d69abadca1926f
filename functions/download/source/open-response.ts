import { lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { AddressNotPublic, createPublicLookup, isPublicAddress } from './public-lookup.ts';

/** Without a byte for so long a connection counts as broken. */
const IDLE_TIMEOUT_MS = 120_000;

const lookupPublic = createPublicLookup(lookup);

/**
 * Sends a GET and gives the answer once its head is there; redirects are the caller's.
 *
 * fetch would do, but for the addresses: it takes no lookup of ours.
 *
 * @param publicOnly refuses to connect to an address that is not on the public internet.
 * @throws AddressNotPublic; else what the socket throws. The answer's body throws it too.
 */
export function openResponse(
  url: URL,
  publicOnly: boolean,
  idleTimeoutMs = IDLE_TIMEOUT_MS,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A socket looks nothing up for an address.
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (publicOnly && isIP(host) !== 0 && !isPublicAddress(host)) {
      reject(new AddressNotPublic(host, host));
      return;
    }
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      // A connection is never shared with a request that may reach other addresses.
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
      request.destroy(new Error(`nothing came for ${idleTimeoutMs / 1_000} seconds`));
    });
    request.on('response', resolve);
    // Stays on after the answer: what then breaks breaks the body too.
    request.on('error', reject);
    request.end();
  });
}
