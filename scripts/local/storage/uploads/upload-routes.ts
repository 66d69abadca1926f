import express, { type Request, type Response, Router } from 'express';
import { readExpectedChecksums } from '../checksums.ts';
import { createObjectResource } from '../object-record.ts';
import type { ObjectAddress, ObjectStore } from '../object-store.ts';
import { readOrigin, readQueryText } from '../request-values.ts';
import { invalidArgument } from '../storage-error.ts';
import { parseContentRange } from './content-range.ts';
import type { ContentWriter } from './content-writer.ts';
import { discardContent, type MultipartUpload, readMultipartUpload } from './multipart-related.ts';
import {
  createResumableSessions,
  type ResumableSessions,
  type UploadProgress,
} from './resumable-sessions.ts';
import { readUploadTarget, storeUpload, type UploadTarget } from './upload-target.ts';

export interface UploadRoutesOptions {
  readonly objects: ObjectStore;
  readonly createWriter: (object: ObjectAddress) => ContentWriter;
}

// gcloud starts resumable uploads under the second path.
const UPLOAD_PATHS = ['/upload/storage/v1/b/:bucket/o', '/resumable/upload/storage/v1/b/:bucket/o'];

type BucketRequest = Request<{ bucket: string }>;

/** Creates the routes of uploads: media, multipart and resumable, all streamed to disk. */
export function createUploadRoutes(options: UploadRoutesOptions): {
  router: Router;
  sessions: ResumableSessions;
} {
  const { objects, createWriter } = options;
  const router = Router();
  const sessions = createResumableSessions({
    createWriter: ({ address }) => createWriter(address),
    store: (target, writer, hashHeader) => {
      const checksums = readExpectedChecksums(target.checksums, hashHeader);
      return storeUpload({ ...target, checksums }, writer.finish(), objects);
    },
  });

  async function receiveWhole(
    request: Request,
    response: Response,
    target: UploadTarget,
    content: AsyncIterable<Buffer>,
  ): Promise<void> {
    const writer = createWriter(target.address);
    try {
      await writer.append(content);
      const record = storeUpload(target, writer.finish(), objects);
      response.json(createObjectResource(record, readOrigin(request)));
    } finally {
      // Has no effect once the content is stored as an object.
      await writer.discard();
    }
  }

  async function receiveMedia(request: BucketRequest, response: Response): Promise<void> {
    const { bucket } = request.params;
    const contentType = request.get('content-type');
    const target = readUploadTarget(request, { bucket, metadata: '', contentType }, objects);
    await receiveWhole(request, response, target, request);
  }

  async function readUploadTargetAfterHead(
    request: Request,
    bucket: string,
    upload: MultipartUpload,
  ): Promise<UploadTarget> {
    try {
      return readUploadTarget(request, { bucket, ...upload }, objects);
    } catch (error) {
      await discardContent(upload.content);
      throw error;
    }
  }

  async function receiveMultipart(request: BucketRequest, response: Response): Promise<void> {
    const { bucket } = request.params;
    const upload = await readMultipartUpload(request, request.get('content-type') ?? '');
    const target = await readUploadTargetAfterHead(request, bucket, upload);
    await receiveWhole(request, response, target, upload.content);
  }

  function startSession(request: BucketRequest, response: Response): void {
    const { bucket } = request.params;
    const metadata = typeof request.body === 'string' ? request.body : '';
    const contentType = request.get('x-upload-content-type');
    const target = readUploadTarget(request, { bucket, metadata, contentType }, objects);
    const id = sessions.start(target);
    const path = `/upload/storage/v1/b/${bucket}/o`;
    const location = `${readOrigin(request)}${path}?uploadType=resumable&upload_id=${id}`;
    response.set({ Location: location, 'X-GUploader-UploadID': id }).end();
  }

  async function continueSession(request: BucketRequest, response: Response): Promise<void> {
    const progress = await sessions.receive(readUploadId(request), {
      range: parseContentRange(request.get('content-range')),
      body: request,
      hashHeader: request.get('x-goog-hash'),
    });
    sendProgress(request, response, progress);
  }

  const readText = express.text({ type: () => true, limit: '1mb' });
  router.post(UPLOAD_PATHS, async (request: BucketRequest, response, next) => {
    const uploadType = readQueryText(request, 'uploadType');
    if (readQueryText(request, 'upload_id') !== undefined) {
      await continueSession(request, response);
    } else if (uploadType === 'media') {
      await receiveMedia(request, response);
    } else if (uploadType === 'multipart') {
      await receiveMultipart(request, response);
    } else if (uploadType === 'resumable') {
      next();
    } else {
      throw invalidArgument(`Invalid uploadType: ${String(uploadType)}`);
    }
  });
  router.post(UPLOAD_PATHS, readText, startSession);
  router.put(UPLOAD_PATHS, continueSession);
  router.delete(UPLOAD_PATHS, async (request, response) => {
    await sessions.cancel(readUploadId(request));
    response.status(499).end();
  });

  return { router, sessions };
}

function readUploadId(request: Request): string {
  const id = readQueryText(request, 'upload_id');
  if (id === undefined) {
    throw invalidArgument('Required parameter: upload_id');
  }
  return id;
}

function sendProgress(request: Request, response: Response, progress: UploadProgress): void {
  if ('record' in progress) {
    response.json(createObjectResource(progress.record, readOrigin(request)));
    return;
  }
  if (progress.sizeBytes > 0) {
    response.set('Range', `bytes=0-${progress.sizeBytes - 1}`);
  }
  // Clients whose HTTP library treats 308 as a redirect ask for it in a header instead.
  if (request.get('x-guploader-no-308') === 'yes') {
    response.set('X-Http-Status-Code-Override', '308').end();
    return;
  }
  response.status(308).end();
}
