import type pg from 'pg';
import { decodeHashes, decodeIntegers } from '../shared/binary-array.ts';
import { HASH_BYTES } from '../shared/hash-source.ts';
import { MAX_RECORD_BYTES } from '../shared/record-splitter.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest } from './contract.ts';

const LOCATE_RECORDS = readSqlFile('locate-records');

/** Some records of a chunk, as columns: objects by the thousand would outlive many collections. */
export interface LocatedRecords {
  /** 1 for the first record of the chunk. */
  readonly positions: readonly number[];
  /** Record i is the bytes [begins[i], ends[i]) of the chunk's. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  /** 16 bytes for each record, zeros for one that is too large. */
  readonly hashes: Buffer;
}

export const NO_RECORDS: LocatedRecords = {
  positions: [],
  begins: [],
  ends: [],
  hashes: Buffer.alloc(0),
};

interface Ledger {
  readonly begins: Buffer;
  readonly ends: Buffer;
  readonly hashes: Buffer;
}

/** Where all records of a chunk are. */
export const locateRecords = async (
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
): Promise<LocatedRecords> => {
  const { rows } = await client.query<Ledger>(LOCATE_RECORDS, [run_id, chunk_number]);
  const ledger = rows[0] as Ledger;
  const begins = decodeIntegers(ledger.begins);
  return {
    positions: begins.map((_, index) => index + 1),
    begins,
    ends: decodeIntegers(ledger.ends),
    hashes: decodeHashes(ledger.hashes),
  };
};

/** Those of the records that are at some positions, which are in order. */
export const pickRecords = (
  { positions, begins, ends, hashes }: LocatedRecords,
  wanted: readonly number[],
): LocatedRecords => {
  const isWanted = new Set(wanted);
  const indexes = [...positions.keys()].filter((index) => isWanted.has(positions[index] as number));
  return {
    positions: indexes.map((index) => positions[index] as number),
    begins: indexes.map((index) => begins[index] as number),
    ends: indexes.map((index) => ends[index] as number),
    hashes: Buffer.concat(
      indexes.map((index) => hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)),
    ),
  };
};

/** How much of a record that is too large is read and written down. */
const PREVIEW_BYTES = 4_096;

export const isTooLarge = ({ begins, ends }: LocatedRecords, index: number): boolean =>
  (ends[index] as number) - (begins[index] as number) > MAX_RECORD_BYTES;

/** How many of a record's bytes are read. */
export const lengthOf = (located: LocatedRecords, index: number): number =>
  isTooLarge(located, index)
    ? PREVIEW_BYTES
    : (located.ends[index] as number) - (located.begins[index] as number);

/** In hexadecimal; null for a record that is too large. */
export const sourceHashOf = ({ hashes }: LocatedRecords, index: number): string | null => {
  const at = index * HASH_BYTES;
  return hashes[at] === 0 ? null : hashes.toString('hex', at, at + HASH_BYTES);
};
