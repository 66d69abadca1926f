import type pg from 'pg';
import { decodeHashes, decodeIntegers } from '../shared/binary-array.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest } from './contract.ts';

const NOTE_KNOWN = readSqlFile('note-known');
const LOCATE_RECORDS = readSqlFile('locate-records');
const FIND_CLASH = readSqlFile('find-clash');

/** A record that no stored permit was made from; `position` is 1 for the first of the chunk. */
export interface LocatedRecord {
  readonly position: number;
  /** Its bytes are [begin, end) of the chunk's. */
  readonly begin: number;
  readonly end: number;
  /** In hexadecimal; null if it is too large. */
  readonly sourceHash: string | null;
}

interface Known {
  readonly has_known: boolean;
  readonly unknown: readonly number[];
}

/**
 * Notes and counts those records of a chunk that are stored as they are, without reading them. No permit
 * is written to.
 *
 * @returns the others, which have to be read and merged.
 */
export const noteKnown = async (
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
): Promise<readonly LocatedRecord[]> => {
  const pointer = [run_id, chunk_number];
  const { rows } = await client.query<Known>(NOTE_KNOWN, pointer);
  const { has_known, unknown } = rows[0] as Known;
  if (has_known && unknown.length === 0) return [];
  const { rows: ledger } = await client.query<Ledger>(LOCATE_RECORDS, pointer);
  const located = locate(ledger[0] as Ledger);
  return has_known ? unknown.map((position) => located[position - 1] as LocatedRecord) : located;
};

interface Ledger {
  readonly begins: Buffer;
  readonly ends: Buffer;
  readonly hashes: Buffer;
}

const locate = (ledger: Ledger): readonly LocatedRecord[] => {
  const begins = decodeIntegers(ledger.begins);
  const ends = decodeIntegers(ledger.ends);
  return decodeHashes(ledger.hashes).map((sourceHash, index) => ({
    position: index + 1,
    begin: begins[index] as number,
    end: ends[index] as number,
    sourceHash,
  }));
};

/** Another chunk has had one of the permits that this one has noted. */
export class SightingsClash extends Error {}

/** @throws SightingsClash */
export const requireNoClash = async (
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
): Promise<void> => {
  const { rows } = await client.query<{ clashes: boolean }>(FIND_CLASH, [run_id, chunk_number]);
  if (rows[0]?.clashes) throw new SightingsClash();
};
