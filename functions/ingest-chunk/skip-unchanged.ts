import type pg from 'pg';
import {
  type LocatedRecords,
  locateRecords,
  pickRecords,
} from '../shared/chunks/locate-records.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest } from './contract.ts';

const SKIP_UNCHANGED = readSqlFile('skip-unchanged');
const FIND_CLASH = readSqlFile('find-clash');

interface Known {
  readonly has_unchanged: boolean;
  readonly unknown: readonly number[];
}

/**
 * Notes and counts those records of a chunk that are stored as they are, without reading them. No permit
 * is written to.
 *
 * @returns the others, which have to be read and merged.
 */
export async function skipUnchanged(
  client: pg.PoolClient,
  chunk: IngestChunkRequest,
): Promise<LocatedRecords> {
  const { run_id, chunk_number } = chunk;
  const { rows } = await client.query<Known>(SKIP_UNCHANGED, [run_id, chunk_number]);
  const { has_unchanged, unknown } = rows[0] as Known;
  if (has_unchanged && unknown.length === 0) return [];
  const located = await locateRecords(client, chunk);
  return has_unchanged ? pickRecords(located, unknown) : located;
}

/** Another chunk has had one of the permits that this one has noted. */
export class SeenClash extends Error {}

/** @throws SeenClash */
export async function requireNoClash(
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
): Promise<void> {
  const { rows } = await client.query<{ clashes: boolean }>(FIND_CLASH, [run_id, chunk_number]);
  if (rows[0]?.clashes) throw new SeenClash();
}
