import express, { type Request, type RequestHandler, Router } from 'express';
import { listObjects } from './list-objects.ts';
import { sendObjectContent } from './object-download.ts';
import { createObjectResource, objectFieldsSchema } from './object-record.ts';
import type { ObjectAddress, ObjectStore } from './object-store.ts';
import { checkPreconditions, matchesExcluded, parsePreconditions } from './preconditions.ts';
import { readOrigin, readQueryText } from './request-values.ts';
import { invalidArgument } from './storage-error.ts';

const MAX_PAGE_SIZE = 1000;
const OBJECT_PATH = '/storage/v1/b/:bucket/o/:object';

/** Creates the routes of stored objects: list, get, download, patch and delete. */
export function createObjectRoutes(objects: ObjectStore): Router {
  const router = Router();

  router.get('/storage/v1/b/:bucket/o', (request, response) => {
    const { items, ...page } = listObjects(objects.list(request.params.bucket), {
      ...readListOptions(request),
      maxResults: readMaxResults(request),
    });
    const origin = readOrigin(request);
    response.json({
      kind: 'storage#objects',
      ...page,
      items: items.map((record) => createObjectResource(record, origin)),
    });
  });

  const getObject: RequestHandler<{ bucket: string; object: string }> = async (
    request,
    response,
  ) => {
    const record = objects.get(readAddress(request));
    const preconditions = parsePreconditions(request.query);
    if (matchesExcluded(preconditions, record)) {
      response.status(304).end();
      return;
    }
    checkPreconditions(preconditions, record);
    if (request.query.alt === 'media') {
      await sendObjectContent(record, () => objects.open(record), request, response);
      return;
    }
    response.json(createObjectResource(record, readOrigin(request)));
  };
  router.get(OBJECT_PATH, getObject);
  router.get(`/download${OBJECT_PATH}`, getObject);

  const patchObject: RequestHandler<{ bucket: string; object: string }> = (request, response) => {
    const change = objectFieldsSchema.safeParse(request.body);
    if (!change.success) {
      throw invalidArgument(`Invalid object metadata: ${change.error.issues[0]?.message ?? ''}`);
    }
    const record = objects.patch(
      readAddress(request),
      change.data,
      parsePreconditions(request.query),
    );
    response.json(createObjectResource(record, readOrigin(request)));
  };
  router.patch(OBJECT_PATH, express.json({ type: () => true }), patchObject);

  router.delete(OBJECT_PATH, (request, response) => {
    objects.remove(readAddress(request), parsePreconditions(request.query));
    response.status(204).end();
  });

  return router;
}

function readAddress(request: Request<{ bucket: string; object: string }>): ObjectAddress {
  const { bucket, object: name } = request.params;
  const generation = readQueryText(request, 'generation');
  return { bucket, name, ...(generation !== undefined && { generation }) };
}

function readListOptions(request: Request): Record<string, string> {
  return Object.fromEntries(
    ['prefix', 'delimiter', 'startOffset', 'endOffset', 'pageToken'].flatMap((name) => {
      const value = readQueryText(request, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function readMaxResults(request: Request): number {
  const text = readQueryText(request, 'maxResults') ?? String(MAX_PAGE_SIZE);
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw invalidArgument(`Invalid value for maxResults: ${text}`);
  }
  return Math.min(Number(text), MAX_PAGE_SIZE);
}
