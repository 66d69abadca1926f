import type pg from 'pg';
import type { PackedChunk } from './pack-chunks.ts';

const INSERT_CHUNK = `
  insert into sync_chunks (
    run_id, chunk_number, byte_start, byte_end, record_count, record_begins, record_ends, record_fingerprints
  )
  values ($1, $2, $3, $4, $5, $6, $7, $8)
`;

/**
 * Waits until no other call is downloading for the run, and keeps others waiting until the transaction
 * ends: two at once could leave the chunks of one beside the bytes of the other.
 */
export async function lockChunkIndex(client: pg.PoolClient, runId: number): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtext('download'), $1::integer)", [runId]);
}

export async function insertChunk(
  client: pg.ClientBase,
  runId: number,
  chunkNumber: number,
  { byteStart, byteEnd, records, begins, ends, hashes }: PackedChunk,
): Promise<void> {
  await client.query(INSERT_CHUNK, [
    runId,
    chunkNumber,
    byteStart,
    byteEnd,
    records,
    begins,
    ends,
    hashes,
  ]);
}

/** The run has all its chunks. */
export async function completeDownload(
  client: pg.PoolClient,
  runId: number,
  chunks: number,
): Promise<void> {
  await client.query('update sync_runs set chunks_total = $2 where id = $1', [runId, chunks]);
}
