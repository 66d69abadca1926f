import type pg from 'pg';
import { locateRecords } from '../shared/chunks/locate-records.ts';
import { readChunk } from '../shared/chunks/read-chunk.ts';
import type { Context } from '../shared/context.ts';
import { inTransaction } from '../shared/database.ts';
import { isDataError } from '../shared/errors.ts';
import { createChunkRows } from './chunk-rows.ts';
import type { IngestChunkRequest, IngestChunkResponse } from './contract.ts';
import { finishChunk } from './finish-chunk.ts';
import { describeRefused, mergeAcceptable } from './isolate-refused.ts';
import { lockChunk, lockRunForIngest, lockRunningRun, type Mode } from './locks.ts';
import { mergeRecords } from './merge-records.ts';
import { type RowBuffer, withRowBuffer } from './row-buffer.ts';
import { requireNoClash, SeenClash, skipUnchanged } from './skip-unchanged.ts';

/**
 * Stores the records of one chunk in one transaction: the permits, their history and the chunk's
 * counts, or nothing. Called again after success, it returns the recorded counts and changes
 * nothing.
 *
 * @throws SyncError `chunk_not_found` (404), `run_closed` (409), `feed_object_changed` (409).
 */
export async function ingestChunk(
  context: Context,
  request: IngestChunkRequest,
): Promise<IngestChunkResponse> {
  const { chunk, isDoneHere } = await ingestWithRetries(context, request);
  if (isDoneHere) logChunk(context, chunk);
  return toResponse(chunk);
}

interface Ingested {
  readonly chunk: IngestChunkResponse;
  readonly isDoneHere: boolean;
}

/**
 * Tries twice while other chunks may run, because the second attempt sees what they have stored;
 * then exclusively.
 */
async function ingestWithRetries(context: Context, request: IngestChunkRequest): Promise<Ingested> {
  const ingest = (mode: Mode) =>
    // The connection may still send rows from the buffer until the transaction has ended.
    withRowBuffer((buffer) =>
      inTransaction(context.pool, (client) => ingestIn(client, { context, request, mode, buffer })),
    );
  for (const mode of ['concurrent', 'concurrent'] as const) {
    try {
      return await ingest(mode);
    } catch (error) {
      if (!(error instanceof SeenClash || isDataError(error))) throw error;
    }
  }
  return ingest('exclusive');
}

interface Ingest {
  readonly context: Context;
  readonly request: IngestChunkRequest;
  readonly mode: Mode;
  readonly buffer: RowBuffer;
}

/**
 * Ingests a chunk in the transaction of `client`.
 *
 * @throws SeenClash if another chunk of the same feed has seen the same permit (a duplicate), a
 * data error if the database refuses a record; both only in `concurrent` mode. The chunk must then
 * be tried again.
 */
async function ingestIn(client: pg.PoolClient, ingest: Ingest): Promise<Ingested> {
  const { context, request, mode, buffer } = ingest;
  const startedMs = performance.now();
  // Until the next analyze, PostgreSQL may think that a large table is small, and read all of it.
  await client.query('set local enable_seqscan = off');
  const chunk = await lockChunk(client, request);
  // An earlier call that timed out may have finished the chunk.
  if (chunk.status === 'done') return { chunk, isDoneHere: false };
  await lockRunForIngest(client, request.run_id, mode);

  const located = await (chunk.is_first_load ? locateRecords : skipUnchanged)(client, request);
  const chunkRows = createChunkRows(chunk, buffer, context.config.FEED_IGNORED_COLUMNS);
  await readChunk(context.bucket, chunk, located, chunkRows.write);
  const { incoming, rejects } = chunkRows.end();

  const lockRun = async () => {
    await lockRunningRun(client, request.run_id);
    if (mode !== 'exclusive') await requireNoClash(client, request);
  };
  const merge = { chunk: request, incoming, lockRun };
  if (mode !== 'exclusive') {
    await mergeRecords(client, { ...merge, areNew: chunk.is_first_load });
    return { chunk: await finishChunk(client, request, { rejects, startedMs }), isDoneHere: true };
  }
  const refused = await mergeAcceptable(client, { ...merge, areNew: false });
  const described = await describeRefused(context.bucket, chunk, located, refused);
  const all = { rejects: [...rejects, ...described], startedMs };
  return { chunk: await finishChunk(client, request, all), isDoneHere: true };
}

function logChunk({ log }: Context, chunk: IngestChunkResponse): void {
  const { run_id, chunk_number, records_errors } = chunk;
  log('INFO', `Run ${run_id}: chunk ${chunk_number} is done`, {
    event: 'chunk_ingested',
    ...toResponse(chunk),
  });
  if (records_errors === 0) return;
  log('WARNING', `Run ${run_id}: chunk ${chunk_number} has ${records_errors} rejects`, {
    event: 'records_rejected',
    run_id,
    chunk_number,
    records: records_errors,
  });
}

/** Keeps only the columns of the response; a locked chunk has more. */
function toResponse(chunk: IngestChunkResponse): IngestChunkResponse {
  return {
    run_id: chunk.run_id,
    chunk_number: chunk.chunk_number,
    records_new: chunk.records_new,
    records_updated: chunk.records_updated,
    records_unchanged: chunk.records_unchanged,
    records_errors: chunk.records_errors,
    records_superseded: chunk.records_superseded,
  };
}
