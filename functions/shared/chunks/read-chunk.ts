import { pipeline } from 'node:stream/promises';
import type { Bucket } from '@google-cloud/storage';
import { permanent } from '../errors.ts';
import { readObject } from '../read-object.ts';
import { createGunzip } from './create-gunzip.ts';
import type { LocatedRecord, LocatedRecords } from './locate-records.ts';

/** Where a chunk is in the feed object of its run, or of the run that this one resumes. */
export interface ChunkPlace {
  readonly run_id: number;
  readonly chunk_number: number;
  /** The object's URI. */
  readonly snapshot_path: string | null;
  readonly byte_start: number;
  readonly byte_end: number;
}

export interface SourceRecord
  extends Pick<LocatedRecord, 'position' | 'fingerprint' | 'isTooLarge'> {
  /** Only the first 4 KiB if it is too large. */
  readonly bytes: Buffer;
}

/**
 * Reads the located records of a chunk.
 *
 * @param onRecord gets one record after another, and must not keep its bytes.
 * @throws SyncError `feed_object_changed` (409) if the object is not the one that download stored.
 */
export async function readChunk(
  bucket: Bucket,
  chunk: ChunkPlace,
  located: LocatedRecords,
  onRecord: (record: SourceRecord) => void,
): Promise<void> {
  const reader = createRangeReader(located, onRecord);
  if (reader.hasAll()) return;
  const file = bucket.file(new URL(chunk.snapshot_path ?? '').pathname.slice(1));
  await pipeline(
    readObject(file, { start: chunk.byte_start, end: chunk.byte_end }),
    createGunzip(),
    async (parts: AsyncIterable<Buffer>) => {
      for await (const part of parts) reader.write(part);
    },
  ).catch((cause: unknown) => {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (code === '404') throw changed(chunk, 'it no longer exists');
    throw code.startsWith('Z_') ? changed(chunk, code) : cause;
  });
  if (!reader.hasAll()) throw changed(chunk, 'it is too short');
}

/** Cuts located records, which are in ascending order, out of the bytes that are written. */
function createRangeReader(located: LocatedRecords, onRecord: (record: SourceRecord) => void) {
  const records = located[Symbol.iterator]();
  let next = records.next();
  /** The first parts of a record that spans several; most records are in one part. */
  let held: Buffer | undefined;
  let offset = 0;
  return {
    write(part: Buffer): void {
      while (!next.done) {
        const { position, fingerprint, isTooLarge, begin, end } = next.value;
        if (begin >= offset + part.length) break;
        const piece = part.subarray(Math.max(begin - offset, 0), end - offset);
        const bytes = held ? Buffer.concat([held, piece]) : piece;
        held = end > offset + part.length ? bytes : undefined;
        if (held) break;
        onRecord({ position, fingerprint, isTooLarge, bytes });
        next = records.next();
      }
      offset += part.length;
    },
    hasAll: (): boolean => next.done === true,
  };
}

function changed({ run_id, chunk_number }: ChunkPlace, found: string) {
  return permanent(
    'feed_object_changed',
    `Chunk ${chunk_number} of run ${run_id} is no longer in the feed object: ${found}`,
    { status: 409, runId: run_id, hint: 'The feed object was overwritten: start a new sync' },
  );
}
