import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Context } from '../shared/context.ts';
import { permanent } from '../shared/errors.ts';
import { MAX_RECORD_BYTES } from '../shared/record-splitter.ts';
import type { LocatedRecord } from './note-known.ts';

/** How much of a record that is too large is read and written down. */
const PREVIEW_BYTES = 4_096;

const READ_BYTES = 1 << 18;

/** The place of a chunk in the feed object of its run, or of the run that is resumed. */
export interface ChunkPlace {
  readonly run_id: number;
  readonly chunk_number: number;
  /** The object's URI. */
  readonly snapshot_path: string | null;
  readonly byte_start: number;
  readonly byte_end: number;
}

/** A record with its bytes: only the first 4 KiB if it is too large. */
export interface SourceRecord extends LocatedRecord {
  readonly bytes: Buffer;
  readonly isTooLarge: boolean;
}

/**
 * Reads a chunk for the bytes of some of its records.
 * @throws SyncError `feed_object_changed` (409) when the object is not the one that download has stored.
 */
export const readRecords = async (
  { bucket }: Context,
  chunk: ChunkPlace,
  records: readonly LocatedRecord[],
): Promise<readonly SourceRecord[]> => {
  if (records.length === 0) return [];
  const wanted = records.map((record) => {
    const isTooLarge = record.end - record.begin > MAX_RECORD_BYTES;
    return { ...record, isTooLarge, end: isTooLarge ? record.begin + PREVIEW_BYTES : record.end };
  });
  const file = bucket.file(new URL(chunk.snapshot_path ?? '').pathname.slice(1));
  const { byte_start: start, byte_end } = chunk;
  const collector = collectRanges(wanted);
  await pipeline(
    file.createReadStream({ start, end: byte_end - 1, validation: false }),
    createGunzip({ chunkSize: READ_BYTES }),
    async (parts: AsyncIterable<Buffer>) => {
      for await (const part of parts) collector.write(part);
    },
  ).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') ? changed(chunk, code) : cause;
  });
  const bytes = collector.end();
  if (bytes === undefined) throw changed(chunk, 'it is too short');
  return wanted.map((record, index) => ({ ...record, bytes: bytes[index] as Buffer }));
};

/** Keeps those of the bytes written that are in one of the ranges, which follow one another. */
const collectRanges = (ranges: readonly { readonly begin: number; readonly end: number }[]) => {
  const kept = ranges.map(({ begin, end }) => ({ begin, end, at: 0 }));
  let size = 0;
  for (const range of kept) {
    range.at = size;
    size += range.end - range.begin;
  }
  const bytes = Buffer.allocUnsafeSlow(size);
  let offset = 0;
  let next = 0;
  return {
    write(part: Buffer): void {
      for (; next < kept.length; next += 1) {
        const { begin, end, at } = kept[next] as (typeof kept)[number];
        if (begin >= offset + part.length) break;
        const from = Math.max(begin, offset);
        part.copy(bytes, at + from - begin, from - offset, end - offset);
        if (end > offset + part.length) break;
      }
      offset += part.length;
    },
    /** @returns the bytes of each range; undefined when not all have come. */
    end: (): readonly Buffer[] | undefined =>
      next < kept.length
        ? undefined
        : kept.map(({ begin, end, at }) => bytes.subarray(at, at + end - begin)),
  };
};

const changed = ({ run_id, chunk_number }: ChunkPlace, found: string) =>
  permanent(
    'feed_object_changed',
    `Chunk ${chunk_number} of run ${run_id} is not in the feed object any more: ${found}`,
    { status: 409, runId: run_id, hint: 'The feed object was overwritten; start a new sync' },
  );
