import type pg from 'pg';
import { readSqlFile } from '../sql-file.ts';
import type { PackedChunk } from './pack-chunks.ts';

const LOCK_CHUNK_INDEX = readSqlFile('lock-chunk-index');
const INSERT_CHUNK = readSqlFile('insert-chunk');
const COMPLETE_DOWNLOAD = readSqlFile('complete-download');

/** Keeps other calls from downloading for the run until the transaction ends. */
export async function lockChunkIndex(client: pg.PoolClient, runId: number): Promise<void> {
  await client.query(LOCK_CHUNK_INDEX, [runId]);
}

/** Writes a packed chunk to the chunk index. */
export async function insertChunk(
  client: pg.PoolClient,
  runId: number,
  chunkNumber: number,
  { byteStart, byteEnd, records, begins, ends, fingerprints }: PackedChunk,
): Promise<void> {
  const arrays = [begins, ends, fingerprints];
  await client.query(INSERT_CHUNK, [runId, chunkNumber, byteStart, byteEnd, records, ...arrays]);
}

interface WholeFeed {
  readonly chunks: number;
  readonly records: number;
  /** Its mapped columns. */
  readonly columns: readonly string[];
  /** How long the download took, in milliseconds. */
  readonly durationMs: number;
}

/** Marks the chunk index of a run as complete. */
export async function completeDownload(
  client: pg.PoolClient,
  runId: number,
  { chunks, records, columns, durationMs }: WholeFeed,
): Promise<void> {
  await client.query(COMPLETE_DOWNLOAD, [runId, chunks, records, columns, durationMs]);
}
