import type pg from 'pg';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest } from './contract.ts';
import { lockRunningRun } from './merge-records.ts';

const FIND_UNKNOWN = readSqlFile('find-unknown');
const SEE_UNCHANGED = readSqlFile('see-unchanged');

interface Place {
  readonly place: number;
}

/** As PostgreSQL writes it; pg would quote every element. */
const toUuidArray = (hashes: readonly string[]): string => `{${hashes.join(',')}}`;

/**
 * Reads which records are not stored as they are, by their source hashes. No lock is held, so another
 * chunk may change one of the others before long.
 *
 * @returns their positions, from 1.
 */
export const findUnknown = async (
  pool: pg.Pool,
  hashes: readonly string[],
): Promise<readonly number[]> => {
  const { rows } = await pool.query<Place>(FIND_UNKNOWN, [toUuidArray(hashes)]);
  return rows.map(({ place }) => place);
};

/**
 * Notes and counts those records of a chunk that are stored as they are, in the transaction of
 * `client`. No permit is written to.
 *
 * @param unknown positions of records that have been dealt with.
 * @returns the positions of the others, which have to be mapped and merged.
 */
export const seeUnchanged = async (
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
  hashes: readonly string[],
  unknown: readonly number[],
): Promise<readonly number[]> => {
  const isUnknown = new Set(unknown);
  const positions = hashes.map((_, index) => index + 1).filter((at) => !isUnknown.has(at));
  if (positions.length === 0) return [];
  await lockRunningRun(client, run_id);
  const known = positions.map((position) => hashes[position - 1] as string);
  const { rows } = await client.query<Place>(SEE_UNCHANGED, [
    run_id,
    chunk_number,
    toUuidArray(known),
  ]);
  return rows.map(({ place }) => positions[place - 1] as number);
};
