import express, { Router } from 'express';
import { type BucketRecord, type BucketStore, newBucketSchema } from './bucket-store.ts';
import type { ObjectStore } from './object-store.ts';
import { readOrigin } from './request-values.ts';
import { invalidArgument, StorageError } from './storage-error.ts';

/** Creates `/storage/v1/b`: insert, list, get and delete buckets. */
export function createBucketRoutes(buckets: BucketStore, objects: ObjectStore): Router {
  const router = Router();

  router.post('/storage/v1/b', express.json({ type: () => true }), (request, response) => {
    const body = newBucketSchema.safeParse(request.body);
    if (!body.success) {
      throw invalidArgument('Required parameter: name');
    }
    response.json(createBucketResource(buckets.create(body.data), readOrigin(request)));
  });

  router.get('/storage/v1/b', (request, response) => {
    const prefix = String(request.query.prefix ?? '');
    const items = buckets
      .list()
      .filter(({ name }) => name.startsWith(prefix))
      .map((bucket) => createBucketResource(bucket, readOrigin(request)));
    response.json({ kind: 'storage#buckets', items });
  });

  router.get('/storage/v1/b/:bucket', (request, response) => {
    response.json(createBucketResource(buckets.get(request.params.bucket), readOrigin(request)));
  });

  // gcloud asks before it deletes a bucket's contents.
  router.get('/storage/v1/b/:bucket/storageLayout', (request, response) => {
    const { name: bucket, location } = buckets.get(request.params.bucket);
    const hierarchicalNamespace = { enabled: false };
    response.json({ kind: 'storage#storageLayout', bucket, location, hierarchicalNamespace });
  });

  router.delete('/storage/v1/b/:bucket', (request, response) => {
    const { bucket } = request.params;
    if (objects.list(bucket).length > 0) {
      throw new StorageError(409, 'conflict', 'The bucket you tried to delete is not empty.');
    }
    buckets.remove(bucket);
    response.status(204).end();
  });

  return router;
}

function createBucketResource(bucket: BucketRecord, origin: string): object {
  return {
    kind: 'storage#bucket',
    id: bucket.name,
    selfLink: `${origin}/storage/v1/b/${bucket.name}`,
    projectNumber: '0',
    locationType: 'region',
    etag: Buffer.from(bucket.metageneration).toString('base64'),
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
    ...bucket,
  };
}
