import { pipeline } from 'node:stream/promises';
import type { Context } from '../shared/context.ts';
import { createGunzip } from '../shared/create-gunzip.ts';
import { permanent } from '../shared/errors.ts';
import { MAX_RECORD_BYTES } from '../shared/record-splitter.ts';
import type { LocatedRecord } from './note-known.ts';

/** How much of a record that is too large is read and written down. */
const PREVIEW_BYTES = 4_096;

/** The place of a chunk in the feed object of its run, or of the run that is resumed. */
export interface ChunkPlace {
  readonly run_id: number;
  readonly chunk_number: number;
  /** The object's URI. */
  readonly snapshot_path: string | null;
  readonly byte_start: number;
  readonly byte_end: number;
}

export interface SourceRecord {
  /** 1 for the first record of the chunk. */
  readonly position: number;
  readonly sourceHash: string | null;
  readonly isTooLarge: boolean;
  /** Only the first 4 KiB if it is too large. */
  readonly bytes: Buffer;
}

const isTooLarge = ({ begin, end }: LocatedRecord): boolean => end - begin > MAX_RECORD_BYTES;

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
  const wanted = records.map((record) =>
    isTooLarge(record) ? { begin: record.begin, end: record.begin + PREVIEW_BYTES } : record,
  );
  const file = bucket.file(new URL(chunk.snapshot_path ?? '').pathname.slice(1));
  const { byte_start: start, byte_end } = chunk;
  const collector = collectRanges(wanted);
  await pipeline(
    file.createReadStream({ start, end: byte_end - 1, validation: false }),
    createGunzip(),
    async (parts: AsyncIterable<Buffer>) => {
      for await (const part of parts) collector.write(part);
    },
  ).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') ? changed(chunk, code) : cause;
  });
  const bytes = collector.end();
  if (bytes === undefined) throw changed(chunk, 'it is too short');
  return records.map(({ position, sourceHash }, index) => ({
    position,
    sourceHash,
    bytes: bytes[index] as Buffer,
    isTooLarge: isTooLarge(records[index] as LocatedRecord),
  }));
};

/** Keeps those of the bytes written that are in one of the ranges, which follow one another. */
const collectRanges = (ranges: readonly { readonly begin: number; readonly end: number }[]) => {
  const collected: Buffer[] = [];
  let pieces: Buffer[] = [];
  let offset = 0;
  return {
    write(part: Buffer): void {
      for (;;) {
        const range = ranges[collected.length];
        if (range === undefined || range.begin >= offset + part.length) break;
        pieces.push(part.subarray(Math.max(range.begin - offset, 0), range.end - offset));
        if (range.end > offset + part.length) break;
        // Most records lie in one piece.
        collected.push(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces));
        pieces = [];
      }
      offset += part.length;
    },
    /** @returns the bytes of each range; undefined when not all have come. */
    end: (): readonly Buffer[] | undefined =>
      collected.length === ranges.length ? collected : undefined,
  };
};

const changed = ({ run_id, chunk_number }: ChunkPlace, found: string) =>
  permanent(
    'feed_object_changed',
    `Chunk ${chunk_number} of run ${run_id} is not in the feed object any more: ${found}`,
    { status: 409, runId: run_id, hint: 'The feed object was overwritten; start a new sync' },
  );
