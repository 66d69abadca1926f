import type pg from 'pg';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest } from './contract.ts';

const NOTE_KNOWN = readSqlFile('note-known');
const FIND_CLASH = readSqlFile('find-clash');

/** A record that no stored permit was made from; `position` is 1 for the first of the chunk. */
export interface LocatedRecord {
  readonly position: number;
  /** Its bytes are [begin, end) of the chunk's. */
  readonly begin: number;
  readonly end: number;
  /** null if it is too large. */
  readonly sourceHash: string | null;
}

interface Columns {
  readonly positions: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly hashes: readonly (string | null)[];
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
  const { rows } = await client.query<Columns>(NOTE_KNOWN, [run_id, chunk_number]);
  const { positions, begins, ends, hashes } = rows[0] as Columns;
  return positions.map((position, index) => ({
    position,
    begin: begins[index] as number,
    end: ends[index] as number,
    sourceHash: hashes[index] as string | null,
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
