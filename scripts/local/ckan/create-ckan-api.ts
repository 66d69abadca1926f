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
import { type FeedSource, openSource } from './open-source.ts';
import { searchDatastore } from './search-datastore.ts';

export type CkanApiOptions = Readonly<{
  /** Read anew for every request, so a file may be replaced in between. */
  feed: FeedSource;
  log?: (message: string) => void;
}>;

const USUAL_LIMIT = 100;
/** CKAN's `ckan.datastore.search.rows_max`. */
const HIGHEST_LIMIT = 32_000;

/**
 * A stand-in for the City's CKAN portal, holding one package: package_show, the JSON download,
 * datastore_search and the datastore's dump.
 */
export function createCkanApi(options: CkanApiOptions): Router {
  const { feed, log = () => undefined } = options;
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
    const limit = Math.min(readWhole(request, 'limit', USUAL_LIMIT), HIGHEST_LIMIT);
    const page = { resourceId, limit, offset: readWhole(request, 'offset', 0) };
    const answer = searchDatastore(await openSource(feed), page, describeHelp(request.path));
    await send(response.type('json'), Readable.from(answer, { objectMode: false }));
  });

  router.get('/datastore/dump/:id', async (request, response) => {
    requireResource(request.params.id);
    if (request.query.format !== 'json') {
      throw invalidParameter('format', 'only json is part of the local portal');
    }
    const dump = dumpDatastore(await openSource(feed), request.query.bom === 'true');
    await send(response.type('json'), Readable.from(dump, { objectMode: false }));
  });

  router.get(DOWNLOAD_PATH, async (request, response) => {
    const source = await openSource(feed);
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
  router.use(createCkanErrorHandler(log));
  return router;
}

/** Sends a body; one that the client leaves half-read is no failure of ours. */
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

function readWhole(request: Request, name: 'limit' | 'offset', usual: number): number {
  const text = request.query[name] ?? String(usual);
  if (typeof text === 'string' && /^\d+$/.test(text)) return Number(text);
  throw invalidParameter(name, 'Invalid integer');
}
