import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from '../../shared/chunks/create-gunzip.ts';
import type { Config } from '../../shared/config.ts';
import { isTransientStatus, messageOf, permanent, transient } from '../../shared/errors.ts';
import { withoutQuery } from '../../shared/without-query.ts';
import { openResponse } from './open-response.ts';
import { AddressNotPublic } from './public-lookup.ts';

const MAX_REDIRECTS = 5;

/** The portal, or an origin that is listed in full; it may have a private address. */
function isTrusted(config: Config, { origin }: URL): boolean {
  return (
    origin === new URL(config.CKAN_BASE_URL).origin || config.FEED_ALLOWED_HOSTS.includes(origin)
  );
}

/** A trusted origin, or https on a host that is listed by name and is on the public internet. */
function isAllowed(config: Config, url: URL): boolean {
  return (
    isTrusted(config, url) ||
    (url.protocol === 'https:' && config.FEED_ALLOWED_HOSTS.includes(url.host))
  );
}

function requireAllowed(config: Config, url: URL): void {
  if (isAllowed(config, url)) return;
  const entry = url.protocol === 'https:' ? url.host : url.origin;
  throw permanent('source_not_allowed', `${url.origin} is not an allowed host`, {
    status: 400,
    hint: `Add ${entry} to FEED_ALLOWED_HOSTS, or use ${config.CKAN_BASE_URL}`,
  });
}

/**
 * Opens a URL on an allowed host for reading. Redirects must stay on allowed hosts. A host that is
 * listed by name only must not resolve to a private address.
 *
 * @throws SyncError `source_not_allowed` (400), `feed_not_found` (404), `feed_refused` (422);
 * `feed_unavailable` (transient) for 408, 429, 5xx and a broken connection, including one that
 * breaks later, while the body is read.
 */
export async function fetchAllowed(
  config: Config,
  address: string,
): Promise<AsyncIterable<Buffer>> {
  let url = parseUrl(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    requireAllowed(config, url);
    const response = await fetchOnce(url, !isTrusted(config, url));
    const { statusCode: status = 0, headers } = response;
    if (status >= 200 && status < 300) return readBody(url, response);
    response.destroy();
    if (status < 300 || status >= 400 || headers.location === undefined) throw refusal(url, status);
    url = parseRedirect(url, headers.location);
  }
  const source = withoutQuery(address);
  throw permanent('feed_refused', `${source} redirects more than ${MAX_REDIRECTS} times`);
}

function parseUrl(address: string): URL {
  const url = URL.parse(address);
  if (url === null) {
    throw permanent('invalid_request', `${withoutQuery(address)} is not a URL`, { status: 400 });
  }
  if (url.username === '' && url.password === '') return url;
  const message = `The URL on ${url.origin} contains credentials, which would be logged; remove them`;
  throw permanent('invalid_request', message, { status: 400 });
}

function parseRedirect(from: URL, location: string): URL {
  const url = URL.parse(location, from.href);
  if (url !== null) return url;
  const target = withoutQuery(location);
  throw permanent('feed_refused', `${from} redirects to ${target}, which is not a valid URL`);
}

async function fetchOnce(url: URL, publicOnly: boolean): Promise<IncomingMessage> {
  try {
    return await openResponse(url, publicOnly);
  } catch (cause) {
    if (cause instanceof AddressNotPublic) {
      throw permanent('source_not_allowed', `${url.origin}: ${cause.message}`, {
        status: 400,
        hint: `If this is intended, add ${url.origin}, scheme included, to FEED_ALLOWED_HOSTS`,
        cause,
      });
    }
    throw transient('feed_unavailable', `${url.origin} cannot be reached: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Source: IANA, "HTTP Content Coding Registry". */
const CODINGS = ['gzip', 'x-gzip', 'br', 'deflate', 'compress', 'x-compress', 'zstd', 'dcb', 'dcz'];

/**
 * The bytes of the body, with its Content-Encoding decoded. Tokens that are no coding, such as
 * `UTF-8` and `aws-chunked`, are ignored: servers send them over sound bodies.
 */
function readBody(url: URL, response: IncomingMessage): AsyncIterable<Buffer> {
  const tokens = response.headers['content-encoding']?.toLowerCase().split(',') ?? [];
  const encoding = tokens.map((token) => token.trim()).filter((token) => CODINGS.includes(token));
  if (encoding.length === 0) return readToEnd(url, response);
  if (encoding.length === 1 && encoding[0]?.endsWith('gzip')) {
    // An error in either stream ends the other and reaches the reader of the body.
    return readToEnd(
      url,
      pipeline(response, createGunzip(), () => {}),
    );
  }
  response.destroy();
  throw permanent(
    'feed_refused',
    `${url} is encoded as ${encoding.join(', ')}, which was not requested`,
  );
}

async function* readToEnd(url: URL, body: Readable): AsyncIterable<Buffer> {
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (cause) {
    throw transient('feed_unavailable', `The connection to ${url} broke: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function refusal(url: URL, status: number) {
  const message = `${url} answered with status ${status}`;
  if (status === 404 || status === 410)
    return permanent('feed_not_found', message, { status: 404 });
  if (isTransientStatus(status)) return transient('feed_unavailable', message);
  return permanent('feed_refused', message);
}
