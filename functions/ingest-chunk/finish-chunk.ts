import type pg from 'pg';
import type { ChunkKey } from '../shared/chunks/locate-records.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkResponse } from './contract.ts';
import type { DescribedReject } from './describe-reject.ts';

const INSERT_REJECTS = readSqlFile('insert-rejects');
const FINISH_CHUNK = readSqlFile('finish-chunk');

/**
 * Marks a chunk as done, with its rejects.
 *
 * @returns its counts.
 */
export async function finishChunk(
  client: pg.PoolClient,
  { run_id, chunk_number }: ChunkKey,
  rejects: readonly DescribedReject[],
): Promise<IngestChunkResponse> {
  if (rejects.length > 0) {
    await client.query(INSERT_REJECTS, [run_id, chunk_number, JSON.stringify(rejects)]);
  }
  const { rows } = await client.query(FINISH_CHUNK, [run_id, chunk_number, rejects.length]);
  return rows[0];
}
