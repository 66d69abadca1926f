import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';
import { createBucketRoutes } from './bucket-routes.ts';
import { createBucketStore } from './bucket-store.ts';
import { createCopyRoutes } from './copy-routes.ts';
import { createObjectRoutes } from './object-routes.ts';
import { createObjectStore, type ObjectAddress } from './object-store.ts';
import { createStorageErrorHandler, StorageError } from './storage-error.ts';
import { createContentWriter } from './uploads/content-writer.ts';
import { createUploadRoutes } from './uploads/upload-routes.ts';

export interface StorageApiOptions {
  /** Holds everything; created if absent. Only one process at a time may use it. */
  readonly directory: string;
  /** Returns the milliseconds since 1970, for generations and times. */
  readonly now?: () => number;
  /** Called for every piece of an upload that arrives; throttling is up to the caller. */
  readonly onUploadProgress?: (
    object: { readonly bucket: string; readonly name: string },
    bytesReceived: number,
  ) => void;
  /** Receives failures that are not the client's fault. */
  readonly log?: (message: string) => void;
}

export interface StorageApi {
  readonly router: Router;
  /** Ends open resumable uploads; the others end with their connection. */
  close(): Promise<void>;
}

/**
 * Creates the JSON API of Cloud Storage on a local directory. Mount its router before any body
 * parser because it reads uploads as streams.
 */
export function createStorageApi(options: StorageApiOptions): StorageApi {
  const { directory, now = Date.now, onUploadProgress = () => {}, log = () => {} } = options;
  const uploadsFolder = join(directory, 'uploads');
  // Unfinished uploads of an earlier process, whose sessions ended with it.
  rmSync(uploadsFolder, { recursive: true, force: true });
  mkdirSync(uploadsFolder, { recursive: true });
  const buckets = createBucketStore({ directory: join(directory, 'buckets'), now });
  const objects = createObjectStore({ buckets, now });
  const createWriter = (address: ObjectAddress) =>
    createContentWriter({
      path: join(uploadsFolder, randomUUID()),
      onBytes: (sizeBytes) => onUploadProgress(address, sizeBytes),
    });
  const uploads = createUploadRoutes({ objects, createWriter });

  const router = Router();
  router.use(
    uploads.router,
    createBucketRoutes(buckets, objects),
    createObjectRoutes(objects),
    createCopyRoutes({ objects, createWriter }),
  );
  router.use(['/storage/v1', '/upload/storage/v1', '/download/storage/v1'], (request) => {
    throw new StorageError(
      501,
      'notImplemented',
      `${request.method} ${request.originalUrl} is not part of the local Cloud Storage`,
    );
  });
  router.use(createStorageErrorHandler(log));
  return { router, close: () => uploads.sessions.close() };
}
