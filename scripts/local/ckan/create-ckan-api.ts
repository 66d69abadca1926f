import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Request, type Response, Router } from 'express';
import {
  DATASTORE_RESOURCE_ID,
  DOWNLOAD_PATH,
  describePackage,
  PACKAGE_NAME,
} from './catalogue.ts';
import {
  CkanError,
  createCkanErrorHandler,
  describeHelp,
  invalidParameter,
  notFound,
} from './ckan-error.ts';
import { dumpDatastore } from './dump-datastore.ts';
import { searchDatastore } from './search-datastore.ts';

/**
 * Starts reading the feed's plain JSON from its beginning: a bare array, as the City publishes it.
 */
export type FeedSource = () => Readable | Promise<Readable>;

export interface CkanApiOptions {
  /** Opened for every request, so the feed may be replaced between two of them. */
  readonly feed: FeedSource;
  readonly log?: (message: string) => void;
}

const DEFAULT_LIMIT = 100;
/** CKAN's `ckan.datastore.search.rows_max`. */
const HIGHEST_LIMIT = 32_000;

/**
 * Creates a stand-in for the City's CKAN portal with one package: package_show, the JSON download,
 * datastore_search and the datastore's dump.
 */
export function createCkanApi({ feed, log = () => {} }: CkanApiOptions): Router {
  const router = Router();

  router.get('/api/3/action/package_show', (request, response) => {
    const id = request.query.id;
    if (typeof id !== 'string') throw invalidParameter('name_or_id', 'Missing value');
    const result = describePackage(`${request.protocol}://${request.get('host')}`);
    if (id !== PACKAGE_NAME && id !== result.id) throw notFound('Not found');
    response.json({ help: describeHelp(request.path), success: true, result });
  });

  router.get('/api/3/action/datastore_search', async (request, response) => {
    const resourceId = request.query.resource_id ?? request.query.id;
    if (typeof resourceId !== 'string') throw invalidParameter('resource_id', 'Missing value');
    requireResource(resourceId);
    const limit = Math.min(readWhole(request, 'limit', DEFAULT_LIMIT), HIGHEST_LIMIT);
    const page = { resourceId, limit, offset: readWhole(request, 'offset', 0) };
    const answer = searchDatastore(await feed(), page, describeHelp(request.path));
    await send(response.type('json'), Readable.from(answer, { objectMode: false }));
  });

  router.get('/datastore/dump/:id', async (request, response) => {
    requireResource(request.params.id);
    if (request.query.format !== 'json') {
      throw invalidParameter('format', 'only json is part of the local portal');
    }
    const dump = dumpDatastore(await feed(), request.query.bom === 'true');
    await send(response.type('json'), Readable.from(dump, { objectMode: false }));
  });

  router.get(DOWNLOAD_PATH, async (request, response) => {
    const source = await feed();
    response.type('json').vary('Accept-Encoding');
    const wantsGzip = request.get('accept-encoding') && request.acceptsEncodings('gzip');
    if (!wantsGzip) return send(response, source);
    response.set('Content-Encoding', 'gzip');
    return send(response, source, createGzip({ level: 1 }));
  });

  router.get('/api/3/action/:action', (request) => {
    const message = `Bad request - Action name not known: ${request.params.action}`;
    throw new CkanError(400, { message, __type: 'Bad Request' });
  });
  router.use((request) => {
    throw notFound(`${request.method} ${request.path} is not part of the local portal`);
  });
  router.use(createCkanErrorHandler(log));
  return router;
}

/** Sends a body. A client that hangs up half-way is not treated as a failure. */
async function send(
  response: Response,
  body: Readable,
  ...filters: readonly NodeJS.ReadWriteStream[]
): Promise<void> {
  try {
    await pipeline([body, ...filters, response]);
  } catch (error) {
    const isCut =
      error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isCut) throw error;
  }
}

function requireResource(id: string): void {
  if (id !== DATASTORE_RESOURCE_ID) throw notFound(`Resource "${id}" was not found.`);
}

function readWhole(request: Request, name: 'limit' | 'offset', fallback: number): number {
  const text = request.query[name] ?? String(fallback);
  if (typeof text === 'string' && /^\d+$/.test(text)) return Number(text);
  throw invalidParameter(name, 'Invalid integer');
}
