import type pg from 'pg';
import { readSqlFile } from '../sql-file.ts';
import { countElements, integerAt, readFingerprints } from './binary-array.ts';
import { MAX_RECORD_BYTES } from './split-records.ts';

const LOCATE_RECORDS = readSqlFile('locate-records');

/** How much is read of a record that is too large; it becomes the reject's text. */
const PREVIEW_BYTES = 4_096;

/** A chunk of a run. */
export interface ChunkKey {
  readonly run_id: number;
  readonly chunk_number: number;
}

export interface LocatedRecord {
  /** 1 for the first record of the chunk. */
  readonly position: number;
  /** In hexadecimal; null for a record that is too large. */
  readonly fingerprint: string | null;
  readonly isTooLarge: boolean;
  /** The bytes [begin, end) of the gunzipped chunk; only the first 4 KiB if it is too large. */
  readonly begin: number;
  readonly end: number;
}

/** Records of a chunk in order. Each iteration creates them again; kept, they would fill the heap. */
export type LocatedRecords = Iterable<LocatedRecord>;

/** A chunk's arrays of sync_chunks in PostgreSQL's binary format. */
interface ChunkIndex {
  readonly begins: Buffer;
  readonly ends: Buffer;
  readonly fingerprints: Buffer;
}

/** Reads from the chunk index where each record of a chunk is. */
export async function locateRecords(
  client: pg.PoolClient,
  { run_id, chunk_number }: ChunkKey,
): Promise<LocatedRecords> {
  const { rows } = await client.query<ChunkIndex>(LOCATE_RECORDS, [run_id, chunk_number]);
  const index = rows[0] as ChunkIndex;
  return { [Symbol.iterator]: () => readIndex(index) };
}

function* readIndex({ begins, ends, fingerprints }: ChunkIndex): Generator<LocatedRecord, void> {
  const count = countElements(begins);
  const each = readFingerprints(fingerprints);
  for (let index = 0; index < count; index += 1) {
    const begin = integerAt(begins, index);
    const end = integerAt(ends, index);
    const isTooLarge = end - begin > MAX_RECORD_BYTES;
    yield {
      position: index + 1,
      fingerprint: each.next().value ?? null,
      isTooLarge,
      begin,
      end: isTooLarge ? begin + PREVIEW_BYTES : end,
    };
  }
}

/** Picks the records at some positions. */
export function pickRecords(records: LocatedRecords, positions: Iterable<number>): LocatedRecords {
  const wanted = new Set(positions);
  return { [Symbol.iterator]: () => readPicked(records, wanted) };
}

function* readPicked(
  records: LocatedRecords,
  wanted: ReadonlySet<number>,
): Generator<LocatedRecord, void> {
  if (wanted.size === 0) return;
  for (const record of records) if (wanted.has(record.position)) yield record;
}
