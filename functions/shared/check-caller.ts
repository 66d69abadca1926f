import type { IncomingHttpHeaders } from 'node:http';

const OWN_SITES = ['same-origin', 'none'];
const HOST = /^(\[[\d.:a-f]+\]|[^\s:/?#@[\]\\]+)(?::\d*)?$/i;

/**
 * Checks that a request was not sent by somebody else's web page. A browser sends many requests of
 * any page unasked, but always says where they come from; programs such as curl say nothing.
 *
 * @param allowedHosts names that `Host` may have, on any port, because a page's own name can be
 * made to resolve to this machine (DNS rebinding); empty: `Host` is not checked.
 * @returns why the request is refused, or undefined.
 */
export function checkCaller(
  headers: IncomingHttpHeaders,
  allowedHosts: readonly string[],
): string | undefined {
  const { host = '', origin } = headers;
  const [, name = ''] = HOST.exec(host) ?? [];
  if (allowedHosts.length > 0 && !allowedHosts.includes(name.toLowerCase())) {
    return `Host is ${JSON.stringify(host)}; only ${allowedHosts.join(', ')} are served`;
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    return OWN_SITES.includes(String(site))
      ? undefined
      : `Sec-Fetch-Site is ${JSON.stringify(site)}; other sites' pages are not served`;
  }
  if (origin === undefined || isOriginOf(origin, host)) return undefined;
  return `Origin is ${JSON.stringify(origin)}, but Host is ${JSON.stringify(host)}`;
}

function isOriginOf(origin: string, host: string): boolean {
  return [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());
}
