import type pg from 'pg';
import type { ChunkKey } from '../shared/chunks/locate-records.ts';
import type { ChunkPlace } from '../shared/chunks/read-chunk.ts';
import { permanent } from '../shared/errors.ts';
import type { SyncChunk } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { Writer } from './chunk-rows.ts';
import type { IngestChunkResponse } from './contract.ts';

const LOCK_CHUNK = readSqlFile('lock-chunk');
const LOCK_INGEST_SHARED = readSqlFile('lock-ingest-shared');
const LOCK_INGEST_EXCLUSIVE = readSqlFile('lock-ingest-exclusive');
const LOCK_RUN = readSqlFile('lock-run');

export type LockedChunk = IngestChunkResponse &
  ChunkPlace &
  Writer &
  Pick<SyncChunk, 'status'> & {
    /** Whether no other feed has stored a permit, so no record can be unchanged. */
    readonly is_first_load: boolean;
  };

/**
 * Locks a chunk until the transaction ends; a second call for it waits.
 *
 * @throws SyncError `chunk_not_found` (404).
 */
export async function lockChunk(
  client: pg.PoolClient,
  { run_id, chunk_number }: ChunkKey,
): Promise<LockedChunk> {
  const { rows } = await client.query<LockedChunk>(LOCK_CHUNK, [run_id, chunk_number]);
  if (rows[0]) return rows[0];
  throw permanent('chunk_not_found', `Run ${run_id} has no chunk ${chunk_number}`, {
    status: 404,
    runId: run_id,
  });
}

/** Whether other chunks of the run may be ingested at the same time. */
export type Mode = 'concurrent' | 'exclusive';

/**
 * Takes the run's advisory lock for ingesting a chunk until the transaction ends: a shared lock in
 * `concurrent` mode, an exclusive one in `exclusive` mode. Without it, an exclusive chunk, which
 * inserts while it holds the run's row, could deadlock with one that holds a key and waits for the
 * row.
 */
export async function lockRunForIngest(
  client: pg.PoolClient,
  runId: number,
  mode: Mode,
): Promise<void> {
  await client.query(mode === 'exclusive' ? LOCK_INGEST_EXCLUSIVE : LOCK_INGEST_SHARED, [runId]);
}

/**
 * Locks the run's row until the transaction ends: its chunks merge one at a time, and finalize
 * waits for the current one.
 *
 * @throws SyncError `run_closed` (409) if the run is no longer running.
 */
export async function lockRunningRun(client: pg.PoolClient, runId: number): Promise<void> {
  const { rows } = await client.query<{ status: string }>(LOCK_RUN, [runId]);
  if (rows[0]?.status === 'running') return;
  throw permanent('run_closed', `Run ${runId} is ${rows[0]?.status ?? 'unknown'}, not running`, {
    status: 409,
    runId,
    hint: 'Start a new sync',
  });
}
