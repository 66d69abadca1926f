import type pg from 'pg';
import {
  type LocatedRecords,
  locateRecords,
  pickRecords,
} from '../shared/chunks/locate-records.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest } from './contract.ts';

const NOTE_KNOWN = readSqlFile('note-known');
const FIND_CLASH = readSqlFile('find-clash');

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
export async function noteKnown(
  client: pg.PoolClient,
  chunk: IngestChunkRequest,
): Promise<LocatedRecords> {
  const { run_id, chunk_number } = chunk;
  const { rows } = await client.query<Known>(NOTE_KNOWN, [run_id, chunk_number]);
  const { has_known, unknown } = rows[0] as Known;
  if (has_known && unknown.length === 0) return [];
  const located = await locateRecords(client, chunk);
  return has_known ? pickRecords(located, unknown) : located;
}

/** Another chunk has had one of the permits that this one has noted. */
export class SightingsClash extends Error {}

/** @throws SightingsClash */
export async function requireNoClash(
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
): Promise<void> {
  const { rows } = await client.query<{ clashes: boolean }>(FIND_CLASH, [run_id, chunk_number]);
  if (rows[0]?.clashes) throw new SightingsClash();
}
