import type pg from 'pg';
import type { ChunkKey } from '../shared/chunks/locate-records.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkResponse } from './contract.ts';
import type { DescribedReject } from './describe-reject.ts';

const INSERT_REJECTS = readSqlFile('insert-rejects');
const FINISH_CHUNK = readSqlFile('finish-chunk');

interface Finish {
  readonly rejects: readonly DescribedReject[];
  /** When the chunk was begun, by performance.now(). */
  readonly startedMs: number;
}

/**
 * Marks a chunk as done, with its rejects.
 *
 * @returns its counts.
 */
export async function finishChunk(
  client: pg.PoolClient,
  { run_id, chunk_number }: ChunkKey,
  { rejects, startedMs }: Finish,
): Promise<IngestChunkResponse> {
  if (rejects.length > 0) {
    await client.query(INSERT_REJECTS, [run_id, chunk_number, JSON.stringify(rejects)]);
  }
  const durationMs = Math.ceil(performance.now() - startedMs);
  const values = [run_id, chunk_number, rejects.length, durationMs];
  const { rows } = await client.query(FINISH_CHUNK, values);
  return rows[0];
}
