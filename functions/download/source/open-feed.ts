import { json } from 'node:stream/consumers';
import { Storage } from '@google-cloud/storage';
import { z } from 'zod';
import type { Config } from '../../shared/config.ts';
import { storageOptions } from '../../shared/endpoint.ts';
import { messageOf, permanent, transient } from '../../shared/errors.ts';
import { readObject } from '../../shared/read-object.ts';
import { withoutQuery } from '../../shared/without-query.ts';
import { createByteLimit } from './byte-limit.ts';
import { fetchAllowed } from './fetch-allowed.ts';
import { readLocalFile } from './read-local-file.ts';

/** CKAN's default for `ckan.datastore.search.rows_max`; without a limit a page has 100 records. */
const PAGE_RECORDS = 32_000;

/** Limit of package_show's response, which is held in memory; the City's has about 10 KB. */
const MAX_PACKAGE_BYTES = 4_194_304;

const PACKAGE_HINT =
  'Look at the package on the portal; meanwhile, start the sync with the URL as file_path';

export interface Feed {
  /** Where the bytes come from, for logs and messages; a URL has no query. */
  readonly source: string;
  readonly body: AsyncIterable<Buffer>;
  /** The feed is said to be partial, so a saved page may have fewer records than its total. */
  readonly isPart?: boolean;
  /** Only for a datastore_search. */
  readonly pages?: {
    /** Index of the first record of `body` in the whole table. */
    readonly offset: number;
    /** Opens the page that begins with record `offset`. */
    open(offset: number): Promise<AsyncIterable<Buffer>>;
  };
}

/**
 * Opens a feed for reading: the City's if `filePath` is null, else an `https://` URL on an allowed
 * host, a `gs://bucket/object`, or a local file if the configuration allows it.
 *
 * @throws SyncError `source_not_allowed` (400), `feed_not_found` (404), `feed_too_large` for
 * package_show's response, and those of fetchAllowed and readLocalFile.
 */
export async function openFeed(config: Config, filePath: string | null | undefined): Promise<Feed> {
  if (filePath == null) return openUrl(config, await findDownloadUrl(config));
  if (/^https?:/i.test(filePath)) return openUrl(config, filePath);
  if (/^gs:/i.test(filePath)) return openObject(config, filePath);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(filePath) || !config.FEED_ALLOW_LOCAL_FILES) {
    throw permanent(
      'source_not_allowed',
      `Feeds cannot be read from file_path ${withoutQuery(filePath)}`,
      {
        status: 400,
        hint: 'Use https:// with an allowed host, or gs://bucket/object',
      },
    );
  }
  return { source: filePath, body: await readLocalFile(filePath) };
}

async function openUrl(config: Config, address: string): Promise<Feed> {
  const url = URL.parse(address);
  if (!url?.pathname.endsWith('/datastore_search')) {
    return { source: withoutQuery(address), body: await fetchAllowed(config, address) };
  }
  const offset = Number(url.searchParams.get('offset') ?? 0);
  if (!url.searchParams.has('limit')) url.searchParams.set('limit', String(PAGE_RECORDS));
  // Without an order, PostgreSQL may give rows of an earlier page again.
  if (!url.searchParams.has('sort')) url.searchParams.set('sort', '_id');
  const open = (from: number) => {
    const page = new URL(url);
    page.searchParams.set('offset', String(from));
    return fetchAllowed(config, page.href);
  };
  return { source: withoutQuery(address), body: await open(offset), pages: { offset, open } };
}

/** The part of CKAN's package_show that is used. */
const packageShow = z.object({
  result: z.object({
    resources: z.array(z.object({ format: z.string().nullish(), url: z.string().nullish() })),
  }),
});

async function findDownloadUrl(config: Config): Promise<string> {
  const { CKAN_BASE_URL, CKAN_PACKAGE } = config;
  const address = `${CKAN_BASE_URL}/api/3/action/package_show?id=${encodeURIComponent(CKAN_PACKAGE)}`;
  // While it is being rebuilt, the portal answers with HTML and status 200.
  const limit = createByteLimit(address, MAX_PACKAGE_BYTES, PACKAGE_HINT);
  const body = limit(await fetchAllowed(config, address));
  const document = await json(body).catch((cause: unknown) => {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw transient('feed_not_json', `${address} answered with something other than JSON`, {
      cause,
    });
  });
  const { data } = packageShow.safeParse(document);
  const resource = data?.result.resources.find(
    ({ format, url }) => format?.toUpperCase() === 'JSON' && url,
  );
  if (resource?.url) return new URL(resource.url, CKAN_BASE_URL).href;
  const formats = data?.result.resources.map(({ format }) => format ?? '?').join(', ') || 'none';
  throw permanent(
    'feed_not_found',
    `Package ${CKAN_PACKAGE} has no JSON download; its formats: ${formats}`,
    { status: 404, hint: PACKAGE_HINT },
  );
}

async function openObject(config: Config, path: string): Promise<Feed> {
  const [, bucket, name] = /^gs:\/\/([^/]+)\/(.+)$/i.exec(path) ?? [];
  if (bucket === undefined || name === undefined) {
    throw permanent('invalid_request', `${path} is not gs://bucket/object`, { status: 400 });
  }
  const { FEED_BUCKET, FEED_ALLOWED_HOSTS } = config;
  if (bucket !== FEED_BUCKET && !FEED_ALLOWED_HOSTS.includes(`gs://${bucket}`)) {
    throw permanent(
      'source_not_allowed',
      `gs://${bucket} is not a bucket that feeds may come from`,
      {
        status: 400,
        hint: `Use gs://${FEED_BUCKET}, or add gs://${bucket} to FEED_ALLOWED_HOSTS`,
      },
    );
  }
  const file = new Storage(storageOptions(config)).bucket(bucket).file(name);
  const [exists] = await file.exists().catch((cause: unknown) => {
    const { code } = cause as { code?: unknown };
    if (code !== 401 && code !== 403) throw cause;
    throw permanent('feed_refused', `Access to ${path} is denied: ${messageOf(cause)}`, { cause });
  });
  if (!exists) throw permanent('feed_not_found', `${path} does not exist`, { status: 404 });
  return { source: path, body: readObject(file) };
}
