import { createRecordSplitter, MAX_RECORD_BYTES } from '../shared/record-splitter.ts';

/** Of a chunk's records that ingest-chunk reads; 5,000 of the City's have under 5 MB. */
const MAX_CHUNK_BYTES = 31 * MAX_RECORD_BYTES;

/** A chunk that has come to its end. */
export interface Cut {
  /** Where it ends in the bytes that were written last: behind its last record. */
  readonly end: number;
  /** Where its records begin and end in the chunk's own bytes. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

export interface ChunkCutter {
  /** Takes the next bytes of the feed, and gives the chunks that end in them. */
  write(bytes: Uint8Array): readonly Cut[];
  /**
   * @returns the last chunk, which has all bytes that belong to no other, unless it has no record.
   * @throws as RecordSplitter.end does.
   */
  end(): Cut | undefined;
}

/**
 * Cuts the bytes of a JSON array into chunks of `chunkRecords` records; the last may have fewer. A chunk
 * begins where the one before has ended, so what stands between two records is its first bytes. It ends
 * early behind 31 MiB of records, and behind one that is too large, or too far from the one before,
 * which so comes last and need not be read to be set aside.
 */
export const createChunkCutter = (chunkRecords: number): ChunkCutter => {
  let written = 0;
  let chunkStart = 0;
  let begins: number[] = [];
  let ends: number[] = [];
  let cuts: Cut[] = [];

  const cut = (end: number): Cut => {
    const chunk = { end, begins, ends };
    begins = [];
    ends = [];
    return chunk;
  };

  const splitter = createRecordSplitter((start, end) => {
    begins.push(start - chunkStart);
    const previousEnd = chunkStart + (ends.at(-1) ?? 0);
    ends.push(end - chunkStart);
    const isTooLarge = end - previousEnd > MAX_RECORD_BYTES;
    if (isTooLarge || ends.length === chunkRecords || end - chunkStart > MAX_CHUNK_BYTES) {
      cuts.push(cut(end - written));
      chunkStart = end;
    }
  });

  return {
    write(bytes) {
      cuts = [];
      splitter.write(bytes);
      written += bytes.length;
      return cuts;
    },
    end() {
      splitter.end();
      return ends.length > 0 ? cut(0) : undefined;
    },
  };
};
