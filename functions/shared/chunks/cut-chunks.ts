import { createIntegerArray } from './binary-array.ts';
import { createRecordSplitter, MAX_RECORD_BYTES } from './split-records.ts';

/** Most bytes of records in a chunk before it ends early; 5,000 of the City's have under 5 MB. */
const MAX_CHUNK_BYTES = 31 * MAX_RECORD_BYTES;

/** A complete chunk. */
export interface Cut {
  /** Where it ends, just after its last record, in the bytes of the last write. */
  readonly end: number;
  readonly records: number;
  /** Where records begin and end in the chunk's bytes: integer[] in PostgreSQL's binary format. */
  readonly begins: Buffer;
  readonly ends: Buffer;
}

export interface ChunkCutter {
  /** Takes the next bytes of the feed. @returns the chunks that end in them. */
  write(bytes: Uint8Array): readonly Cut[];
  /**
   * @returns the last chunk, with the rest of the bytes, unless no record is left.
   * @throws SyncError from RecordSplitter.end.
   */
  end(): Cut | undefined;
}

/**
 * Cuts the bytes of a JSON array into chunks of `chunkRecords` records; the last may have fewer. A
 * chunk begins where the previous one ended, so it starts with the bytes between two records. It
 * ends early after 31 MiB of records, and after a record that is too large or too far from the
 * previous one; if too large, the record becomes a reject without being read whole.
 */
export function createChunkCutter(chunkRecords: number): ChunkCutter {
  let written = 0;
  let chunkStart = 0;
  let records = 0;
  /** Where the previous record ended in the chunk's bytes. */
  let previousEnd = 0;
  let begins = createIntegerArray(chunkRecords);
  let ends = createIntegerArray(chunkRecords);
  let cuts: Cut[] = [];

  const cut = (end: number): Cut => {
    const chunk = { end, records, begins: begins.end(), ends: ends.end() };
    records = 0;
    previousEnd = 0;
    begins = createIntegerArray(chunkRecords);
    ends = createIntegerArray(chunkRecords);
    return chunk;
  };

  const splitter = createRecordSplitter((start, end) => {
    records += 1;
    begins.push(start - chunkStart);
    ends.push(end - chunkStart);
    const isTooLarge = end - chunkStart - previousEnd > MAX_RECORD_BYTES;
    previousEnd = end - chunkStart;
    if (isTooLarge || records === chunkRecords || previousEnd > MAX_CHUNK_BYTES) {
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
      return records > 0 ? cut(0) : undefined;
    },
  };
}
