import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Config } from '../shared/config.ts';
import { isTransientStatus, messageOf, permanent, transient } from '../shared/errors.ts';

const MAX_REDIRECTS = 5;

/** The open-data portal itself, and https on the hosts that the configuration lists. */
const isAllowed = (config: Config, url: URL): boolean =>
  url.origin === new URL(config.CKAN_BASE_URL).origin ||
  config.FEED_ALLOWED_HOSTS.includes(url.origin) ||
  (url.protocol === 'https:' && config.FEED_ALLOWED_HOSTS.includes(url.host));

const requireAllowed = (config: Config, url: URL): void => {
  if (isAllowed(config, url)) return;
  throw permanent('source_not_allowed', `${url.origin} is not a host that feeds may come from`, {
    status: 400,
    hint: `Add it to FEED_ALLOWED_HOSTS, or use ${config.CKAN_BASE_URL}`,
  });
};

/**
 * Opens a URL on an allowed host for reading; each redirect has to lead to an allowed one too.
 *
 * @throws SyncError `source_not_allowed` (400), `feed_not_found` (404), `feed_refused` (422) and,
 * transient, `feed_unavailable` for 408, 429, 5xx and a broken connection; a connection that
 * breaks later, inside the body, throws it there.
 */
export const fetchAllowed = async (
  config: Config,
  address: string,
): Promise<AsyncIterable<Buffer>> => {
  let url = parseUrl(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    requireAllowed(config, url);
    const response = await fetchOnce(url);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      url = parseRedirect(url, location);
      continue;
    }
    if (response.ok && response.body !== null) {
      return readBody(url, Readable.fromWeb(response.body as ReadableStream));
    }
    await response.body?.cancel();
    throw refusal(url, response.status);
  }
  throw permanent('feed_refused', `${address} redirects more than ${MAX_REDIRECTS} times`);
};

const parseUrl = (address: string): URL => {
  const url = URL.parse(address);
  if (url === null) throw permanent('invalid_request', `${address} is not a URL`, { status: 400 });
  if (url.username === '' && url.password === '') return url;
  const message = `The URL on ${url.origin} holds credentials, which would end up in logs`;
  throw permanent('invalid_request', message, { status: 400 });
};

const parseRedirect = (from: URL, location: string): URL => {
  const url = URL.parse(location, from.href);
  if (url !== null) return url;
  throw permanent('feed_refused', `${from} redirects to ${location}, which is not a URL`);
};

const fetchOnce = async (url: URL): Promise<Response> => {
  try {
    return await fetch(url, { redirect: 'manual', headers: { accept: 'application/json' } });
  } catch (cause) {
    const message = `${url.origin} cannot be reached: ${reasonOf(cause)}`;
    throw transient('feed_unavailable', message, { cause });
  }
};

/** fetch itself says no more than "fetch failed" or "terminated". */
const reasonOf = (error: unknown): string =>
  messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);

/** The body's bytes, its Content-Encoding undone. */
const readBody = async function* (url: URL, body: Readable): AsyncIterable<Buffer> {
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (cause) {
    const message = `${url} broke off: ${reasonOf(cause)}`;
    throw transient('feed_unavailable', message, { cause });
  }
};

const refusal = (url: URL, status: number) => {
  const message = `${url} answered with status ${status}`;
  if (status === 404 || status === 410)
    return permanent('feed_not_found', message, { status: 404 });
  if (isTransientStatus(status)) return transient('feed_unavailable', message);
  return permanent('feed_refused', message);
};
