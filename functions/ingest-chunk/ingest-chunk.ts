import type pg from 'pg';
import type { Context } from '../shared/context.ts';
import { inTransaction } from '../shared/database.ts';
import { permanent } from '../shared/errors.ts';
import { MAX_RECORD_BYTES } from '../shared/record-splitter.ts';
import type { SyncChunk } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest, IngestChunkResponse } from './contract.ts';
import { hashSource } from './hash-source.ts';
import { lockRunningRun, mergeRecords } from './merge-records.ts';
import {
  type DescribedReject,
  describeReject,
  describeRejects,
  mapRecords,
  splitRecords,
} from './read-chunk.ts';
import { findUnknown, seeUnchanged } from './see-unchanged.ts';

const INSERT_REJECTS = readSqlFile('insert-rejects');
const FINISH_CHUNK = readSqlFile('finish-chunk');

const SAMPLE_RECORDS = 100;

/** How much of a record that is too large is read and written down. */
const PREVIEW_BYTES = 4_096;

/**
 * Stores the records of one chunk in one transaction: all of them, the history and the ledger row,
 * or nothing. Called again after success it gives the recorded counts and touches nothing.
 *
 * @throws SyncError `chunk_not_found` (404), `run_closed` (409), `feed_object_changed` (409).
 */
export const ingestChunk = async (
  context: Context,
  request: IngestChunkRequest,
): Promise<IngestChunkResponse> => {
  const chunk = await findChunk(context, request);
  if (chunk.status === 'done') return toResponse(chunk);
  const ingest = await prepareChunk(context, chunk);
  const done = await inTransaction(context.pool, async (client) => {
    const locked = await lockChunk(client, request);
    // A call that timed out may have gone on and finished the chunk.
    if (locked.status === 'done') return locked;
    return finishChunk(client, request, await ingest(client));
  });
  logChunk(context, done);
  return toResponse(done);
};

/** A chunk with the place of the feed object that its byte range is in. */
type LocatedChunk = SyncChunk & { readonly snapshot_path: string | null };

const findChunk = async (
  { db }: Context,
  { run_id, chunk_number }: IngestChunkRequest,
): Promise<LocatedChunk> => {
  const chunk = await db
    .selectFrom('sync_chunks')
    .innerJoin('sync_runs', 'sync_runs.id', 'sync_chunks.run_id')
    .selectAll('sync_chunks')
    .select('snapshot_path')
    .where('run_id', '=', run_id)
    .where('chunk_number', '=', chunk_number)
    .executeTakeFirst();
  if (chunk) return chunk;
  throw permanent('chunk_not_found', `Run ${run_id} has no chunk ${chunk_number}`, {
    status: 404,
    runId: run_id,
  });
};

/** Stores a chunk's records in a transaction and gives its rejects. */
type Ingest = (client: pg.PoolClient) => Promise<readonly DescribedReject[]>;

/** Reads all that can be read before the transaction. */
const prepareChunk = async (context: Context, chunk: LocatedChunk): Promise<Ingest> => {
  const { byte_start, byte_end } = chunk;
  // download gives a record that is too large a chunk of its own.
  if (chunk.record_count === 1 && byte_end - byte_start > MAX_RECORD_BYTES) {
    const preview = await readBytes(context, chunk, byte_start + PREVIEW_BYTES);
    const place = `bytes ${byte_start} to ${byte_end} of the feed`;
    const reason = `larger than ${MAX_RECORD_BYTES} bytes: ${place}`;
    const reject = describeReject(1, reason, `${preview}…`, null);
    return () => Promise.resolve([reject]);
  }
  const records = splitRecords(await readBytes(context, chunk, byte_end));
  requireRecordCount(chunk, records.length);
  const hashes = records.map(hashSource);
  // Most chunks have a few unknown records, which are found with the run locked. Only a chunk that has
  // many is worth the look before, so that others can merge while it is mapped and sent.
  const sample = await findUnknown(context.pool, hashes.slice(0, SAMPLE_RECORDS));
  const isMostlyKnown = sample.length < SAMPLE_RECORDS / 10;
  const unknown = isMostlyKnown ? [] : await findUnknown(context.pool, hashes);
  const early = mapRecords(records, hashes, unknown);
  return async (client) => {
    const refusedEarly = await mergeRecords(client, chunk, early.incoming);
    const others = await seeUnchanged(client, chunk, hashes, unknown);
    const late = mapRecords(records, hashes, others);
    const refusedLate = await mergeRecords(client, chunk, late.incoming);
    const rejects = [...early.rejects, ...refusedEarly, ...late.rejects, ...refusedLate];
    return describeRejects(records, rejects);
  };
};

/** The chunk's bytes up to `end`, of the run's own feed object or that of the run it resumes. */
const readBytes = async (
  { bucket }: Context,
  chunk: LocatedChunk,
  end: number,
): Promise<Buffer> => {
  const file = bucket.file(new URL(chunk.snapshot_path ?? '').pathname.slice(1));
  const { byte_start: start } = chunk;
  const bytes = Buffer.allocUnsafeSlow(end - start);
  let filled = 0;
  for await (const part of file.createReadStream({ start, end: end - 1, validation: false })) {
    filled += (part as Buffer).copy(bytes, filled);
  }
  return bytes.subarray(0, filled);
};

const requireRecordCount = ({ run_id, chunk_number, record_count }: SyncChunk, found: number) => {
  if (found === record_count) return;
  const message = `Chunk ${chunk_number} of run ${run_id} holds ${found} records, not ${record_count}`;
  throw permanent('feed_object_changed', message, {
    status: 409,
    runId: run_id,
    hint: 'The feed object was overwritten; start a new sync',
  });
};

const lockChunk = async (
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
): Promise<SyncChunk> => {
  const { rows } = await client.query<SyncChunk>(
    'select * from sync_chunks where run_id = $1 and chunk_number = $2 for update',
    [run_id, chunk_number],
  );
  return rows[0] as SyncChunk;
};

const finishChunk = async (
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
  rejects: readonly DescribedReject[],
): Promise<SyncChunk> => {
  if (rejects.length > 0) {
    await client.query(INSERT_REJECTS, [run_id, chunk_number, JSON.stringify(rejects)]);
  }
  await lockRunningRun(client, run_id);
  const { rows } = await client.query<SyncChunk>(FINISH_CHUNK, [
    run_id,
    chunk_number,
    rejects.length,
  ]);
  return rows[0] as SyncChunk;
};

const logChunk = ({ log }: Context, chunk: SyncChunk): void => {
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
};

const toResponse = (chunk: SyncChunk): IngestChunkResponse => ({
  run_id: chunk.run_id,
  chunk_number: chunk.chunk_number,
  records_new: chunk.records_new,
  records_updated: chunk.records_updated,
  records_unchanged: chunk.records_unchanged,
  records_errors: chunk.records_errors,
  records_superseded: chunk.records_superseded,
});
