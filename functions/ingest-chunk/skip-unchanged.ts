import type pg from 'pg';
import {
  type ChunkKey,
  type LocatedRecords,
  locateRecords,
  pickRecords,
} from '../shared/chunks/locate-records.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const SKIP_UNCHANGED = readSqlFile('skip-unchanged');
const FIND_CLASH = readSqlFile('find-clash');

interface Skipped {
  readonly has_unchanged: boolean;
  /** Positions of the records that must be read. */
  readonly others: readonly number[];
}

/**
 * Marks the permits of unchanged records as seen and counts them, without reading the records or
 * writing to the permits.
 *
 * @returns the other records, which must be read and merged.
 */
export async function skipUnchanged(
  client: pg.PoolClient,
  chunk: ChunkKey,
): Promise<LocatedRecords> {
  const { run_id, chunk_number } = chunk;
  const { rows } = await client.query<Skipped>(SKIP_UNCHANGED, [run_id, chunk_number]);
  const { has_unchanged, others } = rows[0] as Skipped;
  if (has_unchanged && others.length === 0) return [];
  const located = await locateRecords(client, chunk);
  return has_unchanged ? pickRecords(located, others) : located;
}

/** This chunk and another chunk of the same feed have marked the same permit as seen. */
export class SeenClash extends Error {}

/** @throws SeenClash if another chunk of the feed has marked the same permit as seen. */
export async function requireNoClash(
  client: pg.PoolClient,
  { run_id, chunk_number }: ChunkKey,
): Promise<void> {
  const { rows } = await client.query<{ clashes: boolean }>(FIND_CLASH, [run_id, chunk_number]);
  if (rows[0]?.clashes) throw new SeenClash();
}
