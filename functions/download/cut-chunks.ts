import { createRecordSplitter, MAX_RECORD_BYTES } from '../shared/record-splitter.ts';

/** What ingest-chunk holds in memory at most; 5,000 of the City's records have under 5 MB. */
const MAX_CHUNK_BYTES = 32 * MAX_RECORD_BYTES;

/** The bytes [start, end) of the feed object, which hold `records` records. */
export interface ChunkRange {
  readonly start: number;
  readonly end: number;
  readonly records: number;
}

export interface ChunkCutter {
  write(bytes: Uint8Array): void;
  /** @throws as RecordSplitter.end does. */
  end(): {
    readonly chunks: readonly ChunkRange[];
    readonly records: number;
    readonly bytes: number;
  };
}

/**
 * Cuts the bytes of a JSON array into ranges of `chunkRecords` records; the last may be shorter. A
 * range ends early rather than hold more than 32 MiB, and a record that is too large has one of its
 * own, so that it need not be read to be set aside.
 */
export const createChunkCutter = (chunkRecords: number): ChunkCutter => {
  const chunks: ChunkRange[] = [];
  let bytes = 0;
  let chunkStart = 0;
  let chunkEnd = 0;
  let pending = 0;

  const closeChunk = (): void => {
    if (pending > 0) chunks.push({ start: chunkStart, end: chunkEnd, records: pending });
    pending = 0;
  };

  const splitter = createRecordSplitter((start, end) => {
    const isTooLarge = end - start > MAX_RECORD_BYTES;
    // White space between two records counts, as it is in the range.
    if (isTooLarge || end - chunkStart > MAX_CHUNK_BYTES) closeChunk();
    if (pending === 0) chunkStart = start;
    chunkEnd = end;
    pending += 1;
    if (isTooLarge || pending === chunkRecords) closeChunk();
  });

  return {
    write(part) {
      bytes += part.length;
      splitter.write(part);
    },
    end() {
      splitter.end();
      closeChunk();
      return { chunks, bytes, records: chunks.reduce((sum, chunk) => sum + chunk.records, 0) };
    },
  };
};
