import { createReadStream } from 'node:fs';
import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import {
  createObjectResource,
  type ObjectFields,
  type ObjectRecord,
  objectFieldsSchema,
} from './object-record.ts';
import type { ObjectAddress, ObjectStore } from './object-store.ts';
import { type Preconditions, parsePreconditions } from './preconditions.ts';
import { readOrigin } from './request-values.ts';
import { invalidArgument } from './storage-error.ts';
import type { ContentWriter } from './uploads/content-writer.ts';

export interface CopyRoutesOptions {
  readonly objects: ObjectStore;
  readonly createWriter: (object: ObjectAddress) => ContentWriter;
}

const MAX_SOURCES = 32;

const composeSchema = z.object({
  sourceObjects: z
    .array(z.object({ name: z.string(), generation: z.coerce.string().optional() }))
    .min(1)
    .max(MAX_SOURCES),
  destination: objectFieldsSchema.nullish(),
});

type ObjectParams = Record<'bucket' | 'object', string>;
type RewriteParams = ObjectParams & Record<'toBucket' | 'toObject', string>;

/**
 * Creates the routes that make objects from stored ones: rewrite (a copy) and compose, which gcloud
 * uses to upload a large file in parallel parts.
 */
export function createCopyRoutes({ objects, createWriter }: CopyRoutesOptions): Router {
  const router = Router();
  const readJson = express.json({ type: () => true });

  async function concatenate(
    sources: readonly ObjectRecord[],
    target: ObjectAddress,
    fields: ObjectFields,
    preconditions: Preconditions,
  ): Promise<ObjectRecord> {
    // All are opened before anything is awaited, so none can be replaced meanwhile.
    const contents = sources.map((record) => createReadStream('', { fd: objects.open(record) }));
    const writer = createWriter(target);
    try {
      for (const content of contents) {
        await writer.append(content);
      }
      return objects.put(target, fields, writer.finish(), preconditions);
    } finally {
      for (const content of contents) {
        content.destroy();
      }
      await writer.discard();
    }
  }

  const compose: RequestHandler<ObjectParams> = async (request, response) => {
    const { bucket, object: name } = request.params;
    const body = composeSchema.safeParse(request.body);
    if (!body.success) {
      throw invalidArgument(`Invalid compose request: ${body.error.issues[0]?.message ?? ''}`);
    }
    const sources = body.data.sourceObjects.map(({ generation, ...source }) =>
      objects.get({ bucket, ...source, ...(generation !== undefined && { generation }) }),
    );
    const fields = body.data.destination ?? sources[0]?.fields ?? {};
    const conditions = parsePreconditions(request.query);
    const record = await concatenate(sources, { bucket, name }, fields, conditions);
    response.json(createObjectResource(record, readOrigin(request)));
  };

  const rewrite: RequestHandler<RewriteParams> = async (request, response) => {
    const { bucket, object: name, toBucket, toObject } = request.params;
    const source = objects.get({ bucket, name });
    const change = objectFieldsSchema.safeParse(request.body ?? {});
    const fields = { ...source.fields, ...(change.success ? change.data : {}) };
    const target = { bucket: toBucket, name: toObject };
    const conditions = parsePreconditions(request.query);
    const record = await concatenate([source], target, fields, conditions);
    response.json({
      kind: 'storage#rewriteResponse',
      done: true,
      objectSize: String(record.sizeBytes),
      totalBytesRewritten: String(record.sizeBytes),
      resource: createObjectResource(record, readOrigin(request)),
    });
  };

  const path = '/storage/v1/b/:bucket/o/:object';
  router.post(`${path}/compose`, readJson, compose);
  router.post(`${path}/rewriteTo/b/:toBucket/o/:toObject`, readJson, rewrite);
  return router;
}
