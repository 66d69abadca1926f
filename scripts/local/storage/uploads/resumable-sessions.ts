import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ObjectRecord } from '../object-record.ts';
import { invalidArgument, StorageError } from '../storage-error.ts';
import type { UploadRange } from './content-range.ts';
import type { ContentWriter } from './content-writer.ts';
import type { UploadTarget } from './upload-target.ts';

/** How far an upload is: the bytes kept so far, or the object once it is complete. */
export type UploadProgress = { readonly sizeBytes: number } | { readonly record: ObjectRecord };

export interface ResumableSessions {
  /** Opens a session and returns its id. */
  start(target: UploadTarget): string;
  /**
   * Stores the bytes of one request, if it has any, and says how far the upload is.
   *
   * @throws StorageError 400, 404, 499
   */
  receive(id: string, request: SessionRequest): Promise<UploadProgress>;
  cancel(id: string): Promise<void>;
  close(): Promise<void>;
}

export interface SessionRequest {
  readonly range: UploadRange;
  readonly body: Readable;
  /** The X-Goog-Hash header of this request; clients send it with the last request. */
  readonly hashHeader?: string | undefined;
}

export interface ResumableSessionsOptions {
  readonly createWriter: (target: UploadTarget) => ContentWriter;
  readonly store: (
    target: UploadTarget,
    writer: ContentWriter,
    hashHeader: string | undefined,
  ) => ObjectRecord;
}

interface Session {
  readonly target: UploadTarget;
  readonly writer: ContentWriter;
  readonly state: 'open' | 'cancelled' | ObjectRecord;
  /** The request that is sending bytes now; `ended` resolves when it has ended. */
  readonly active?: { readonly body: Readable; readonly ended: Promise<void> };
}

// Cloud Storage keeps multiples of this; only an upload's last piece may be smaller.
const MIN_CHUNK_BYTES = 256 * 1024;

/**
 * Creates the store of resumable uploads, which live as long as the process. After a restart a
 * session is unknown (404), and clients begin again.
 */
export function createResumableSessions(options: ResumableSessionsOptions): ResumableSessions {
  const sessions = new Map<string, Session>();

  function find(id: string): Session {
    const session = sessions.get(id);
    if (session === undefined) {
      throw new StorageError(404, 'notFound', `No such upload session: ${id}`);
    }
    if (session.state === 'cancelled') {
      throw new StorageError(499, 'clientClosedRequest', 'The upload was cancelled.');
    }
    return session;
  }

  async function receive(id: string, request: SessionRequest): Promise<UploadProgress> {
    if (request.range.start !== undefined) {
      await append(id, { ...request, start: request.range.start });
    }
    const { state, writer, target, active } = find(id);
    if (state !== 'open' && state !== 'cancelled') {
      return { record: state };
    }
    // While another request is sending, only that one may complete the upload.
    if (active !== undefined || !isComplete(request.range, writer.sizeBytes())) {
      return { sizeBytes: keptBytes(writer) };
    }
    const record = await finish(id, () => options.store(target, writer, request.hashHeader));
    return { record };
  }

  // A client that sends again has given up its earlier request, even if it still looks open here.
  async function append(id: string, request: SessionRequest & { start: number }): Promise<void> {
    for (let earlier = find(id).active; earlier; earlier = find(id).active) {
      earlier.body.destroy();
      await earlier.ended;
    }
    const session = find(id);
    if (session.state !== 'open') {
      return;
    }
    checkRange(request.range, request.start, keptBytes(session.writer));
    // The client sends again what was received after the last whole piece.
    const receivedTwice = session.writer.sizeBytes() - request.start;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    sessions.set(id, { ...session, active: { body: request.body, ended } });
    try {
      await session.writer.append(skipBytes(request.body, receivedTwice));
    } finally {
      sessions.set(id, session);
      end();
    }
  }

  async function finish(id: string, store: () => ObjectRecord): Promise<ObjectRecord> {
    const session = find(id);
    try {
      const record = store();
      sessions.set(id, { ...session, state: record });
      return record;
    } catch (error) {
      sessions.delete(id);
      await session.writer.discard();
      throw error;
    }
  }

  async function cancel(id: string): Promise<void> {
    const session = find(id);
    session.active?.body.destroy();
    await session.active?.ended;
    sessions.set(id, { ...session, state: 'cancelled' });
    await session.writer.discard();
  }

  return {
    start: (target) => {
      const id = randomUUID();
      sessions.set(id, { target, writer: options.createWriter(target), state: 'open' });
      return id;
    },
    receive,
    cancel,
    close: async () => {
      const open = [...sessions].filter(([, { state }]) => state === 'open');
      await Promise.all(open.map(([id]) => cancel(id)));
    },
  };
}

/** Says what Cloud Storage has kept of an unfinished upload: whole pieces only. */
function keptBytes(writer: ContentWriter): number {
  return writer.sizeBytes() - (writer.sizeBytes() % MIN_CHUNK_BYTES);
}

function checkRange({ end, totalBytes }: UploadRange, start: number, kept: number): void {
  if (start > kept) {
    throw invalidArgument(
      `Invalid request. According to the Content-Range header, the upload offset is ${start} byte(s), which exceeds already uploaded size of ${kept} byte(s).`,
    );
  }
  if (end !== undefined && end !== totalBytes && end - start < MIN_CHUNK_BYTES) {
    throw invalidArgument(
      `Invalid request. The number of bytes uploaded is required to be equal or greater than ${MIN_CHUNK_BYTES}, except for the final request (it's recommended to be the exact multiple of ${MIN_CHUNK_BYTES}). The received request contained ${end - start} bytes, which does not meet this requirement.`,
    );
  }
}

/** @throws StorageError 400 for more bytes than the client announced */
function isComplete({ start, end, totalBytes }: UploadRange, sizeBytes: number): boolean {
  if (totalBytes === undefined) {
    // "bytes 0-*/*": the end of the request is the end of the object.
    return start !== undefined && end === undefined;
  }
  if (sizeBytes > totalBytes) {
    throw invalidArgument(`Received ${sizeBytes} bytes of an object of ${totalBytes}.`);
  }
  return sizeBytes === totalBytes;
}

async function* skipBytes(source: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let remaining = count;
  for await (const bytes of source) {
    const skipped = Math.min(remaining, bytes.length);
    remaining -= skipped;
    if (skipped < bytes.length) {
      yield bytes.subarray(skipped);
    }
  }
}
