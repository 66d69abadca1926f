import type pg from 'pg';
import {
  type LocatedRecords,
  locateRecords,
  pickRecords,
} from '../shared/chunks/locate-records.ts';
import { type ChunkPlace, readRecords } from '../shared/chunks/read-chunk.ts';
import type { Context } from '../shared/context.ts';
import { inTransaction } from '../shared/database.ts';
import { isDataError, permanent } from '../shared/errors.ts';
import type { SyncChunk } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest, IngestChunkResponse } from './contract.ts';
import {
  createRecordMapper,
  type DescribedReject,
  describeReject,
  type Reject,
  type WrittenBy,
} from './map-records.ts';
import { joinRun, lockRunningRun, mergeAcceptable, mergeRecords } from './merge-records.ts';
import { type RowBuffer, withRowBuffer } from './row-buffers.ts';
import { requireNoClash, SeenClash, skipUnchanged } from './skip-unchanged.ts';

const LOCK_CHUNK = readSqlFile('lock-chunk');
const INSERT_REJECTS = readSqlFile('insert-rejects');
const FINISH_CHUNK = readSqlFile('finish-chunk');

/**
 * Stores the records of one chunk in one transaction: all of them, the history and the ledger row,
 * or nothing. Called again after success it gives the recorded counts and touches nothing.
 *
 * @throws SyncError `chunk_not_found` (404), `run_closed` (409), `feed_object_changed` (409).
 */
export async function ingestChunk(
  context: Context,
  request: IngestChunkRequest,
): Promise<IngestChunkResponse> {
  const ingest = (isAlone: boolean) =>
    // Until the transaction has ended the connection may have rows to send.
    withRowBuffer((buffer) =>
      inTransaction(context.pool, (client) => ingestIn(context, client, request, isAlone, buffer)),
    );
  const unlessAgain = (error: unknown): undefined => {
    if (!(error instanceof SeenClash || isDataError(error))) throw error;
  };
  const { chunk, isDoneHere } =
    (await ingest(false).catch(unlessAgain)) ??
    // What the other chunk has had is known this time.
    (await ingest(false).catch(unlessAgain)) ??
    (await ingest(true));
  if (isDoneHere) logChunk(context, chunk);
  return toResponse(chunk);
}

interface Ingested {
  readonly chunk: ChunkCounts;
  readonly isDoneHere: boolean;
}

/**
 * Other chunks can do the same while this one looks for what is unchanged, reads, maps and sends the rest,
 * unless it is to be alone.
 *
 * @throws SeenClash when one of them has had one of its permits by then, and a data error when the
 * database refuses a record: then it has to start again, in the end alone.
 */
async function ingestIn(
  context: Context,
  client: pg.PoolClient,
  request: IngestChunkRequest,
  isAlone: boolean,
  buffer: RowBuffer,
): Promise<Ingested> {
  // Until the next analyze PostgreSQL may take a large table for a small one, and read all of it.
  await client.query('set local enable_seqscan = off');
  const chunk = await lockChunk(client, request);
  // A call that timed out may have gone on and finished the chunk.
  if (chunk.status === 'done') return { chunk, isDoneHere: false };
  await joinRun(client, request.run_id, isAlone);
  const lockRun = async () => {
    await lockRunningRun(client, request.run_id);
    if (!isAlone) await requireNoClash(client, request);
  };
  const { is_first_load: areNew } = chunk;
  const located = await (areNew ? locateRecords : skipUnchanged)(client, request);
  const mapper = createRecordMapper(chunk, buffer);
  await readRecords(context, chunk, located, mapper.write);
  const { incoming, rejects } = mapper.end();
  const refused = isAlone
    ? await mergeAcceptable(client, request, incoming, lockRun)
    : await mergeRecords(client, request, incoming, lockRun, areNew).then(() => []);
  const described = [...rejects, ...(await describeRefused(context, chunk, located, refused))];
  return { chunk: await finishChunk(client, request, described), isDoneHere: true };
}

/** Reads the few that the database refuses again, rather than keep the bytes of all until it is asked. */
async function describeRefused(
  context: Context,
  chunk: ChunkPlace,
  located: LocatedRecords,
  refused: readonly Reject[],
): Promise<readonly DescribedReject[]> {
  const reasons = new Map(refused.map(({ position, reason }) => [position, reason]));
  const described: DescribedReject[] = [];
  await readRecords(context, chunk, pickRecords(located, reasons.keys()), (record) => {
    described.push(describeReject(record, reasons.get(record.position) ?? ''));
  });
  return described;
}

type ChunkCounts = Pick<SyncChunk, keyof IngestChunkResponse>;

type LockedChunk = ChunkCounts &
  ChunkPlace &
  WrittenBy &
  Pick<SyncChunk, 'status'> & {
    /** What is stored is this feed's own, so that nothing is known to be unchanged. */
    readonly is_first_load: boolean;
  };

async function lockChunk(
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
): Promise<LockedChunk> {
  const { rows } = await client.query<LockedChunk>(LOCK_CHUNK, [run_id, chunk_number]);
  if (rows[0]) return rows[0];
  throw permanent('chunk_not_found', `Run ${run_id} has no chunk ${chunk_number}`, {
    status: 404,
    runId: run_id,
  });
}

async function finishChunk(
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
  rejects: readonly DescribedReject[],
): Promise<ChunkCounts> {
  if (rejects.length > 0) {
    await client.query(INSERT_REJECTS, [run_id, chunk_number, JSON.stringify(rejects)]);
  }
  const { rows } = await client.query(FINISH_CHUNK, [run_id, chunk_number, rejects.length]);
  return rows[0];
}

function logChunk({ log }: Context, chunk: ChunkCounts): void {
  const { run_id, chunk_number, records_errors } = chunk;
  const response = toResponse(chunk);
  log('INFO', `Run ${run_id}: chunk ${chunk_number} done`, {
    event: 'chunk_ingested',
    ...response,
  });
  if (records_errors === 0) return;
  log('WARNING', `Run ${run_id}: chunk ${chunk_number} has ${records_errors} rejects`, {
    event: 'records_rejected',
    run_id,
    chunk_number,
    records: records_errors,
  });
}

function toResponse(chunk: ChunkCounts): IngestChunkResponse {
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
