import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { isDataError, isUniqueViolation, permanent } from '../shared/errors.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest } from './contract.ts';
import type { IncomingRecords, Reject } from './map-records.ts';

const CREATE_INCOMING = readSqlFile('create-incoming');
const COPY_NEW = readSqlFile('copy-new');
const PLAN_MERGE = readSqlFile('plan-merge');
const REPLACE_DUPLICATES = readSqlFile('replace-duplicates');
const RECORD_HISTORY = readSqlFile('record-history');
const OVERWRITE_PERMITS = readSqlFile('overwrite-permits');
const INSERT_NEW = readSqlFile('insert-new');
const COUNT_NEW = readSqlFile('count-new');
const REMOVE_INSERTED = readSqlFile('remove-inserted');
const COUNT_OUTCOMES = readSqlFile('count-outcomes');

/** Of those that are stored straight; one that is stored already makes so many take the longer way. */
const BATCH_RECORDS = 1_000;

const TAB = 0x09;
const NEWLINE = 0x0a;

type Pointer = [run_id: number, chunk_number: number];

type Action = 'updated' | 'unchanged' | 'superseded' | 'replaces';

/** Keeps other chunks of the run from merging until the transaction ends. */
export type LockRun = () => Promise<void>;

/**
 * Merges records into `permits` and adds their outcomes to the chunk's counts, all in the
 * transaction of `client`.
 *
 * @param lockRun is called when the records have been sent and the new permits inserted: other chunks of
 * the run can do the same until then.
 * @param areNew whether hardly one of the permits is stored.
 * @throws a data error of PostgreSQL when it refuses one of the records.
 */
export async function mergeRecords(
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
  incoming: IncomingRecords,
  lockRun: LockRun,
  areNew = false,
): Promise<void> {
  const pointer: Pointer = [run_id, chunk_number];
  const batches = areNew ? await copyNew(client, incoming) : [incoming];
  const left = await insertNew(client, pointer, batches);
  const inserted = incoming.records - left;
  if (inserted > 0) await client.query(COUNT_NEW, [...pointer, inserted]);
  // From here to the commit one chunk at a time: duplicates across chunks see each other.
  await lockRun();
  if (left > 0) await mergeStored(client, pointer);
}

/**
 * Stores new permits, batch by batch, in two thirds of the time that insert-new takes.
 *
 * @returns the batches of which nothing has been stored, as one of their permits was stored already.
 */
async function copyNew(
  client: pg.PoolClient,
  incoming: IncomingRecords,
): Promise<readonly IncomingRecords[]> {
  const others: IncomingRecords[] = [];
  let [batch, rest] = split(incoming, BATCH_RECORDS);
  for (; batch.records > 0; [batch, rest] = split(rest, BATCH_RECORDS)) {
    try {
      await copy(client, COPY_NEW, [batch]);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await client.query('rollback to savepoint copy_new');
      others.push(batch);
    }
  }
  return others;
}

/**
 * Stores those permits that nobody has stored yet, and leaves the other records in `incoming`.
 *
 * @returns how many are left.
 */
async function insertNew(
  client: pg.PoolClient,
  pointer: Pointer,
  batches: readonly IncomingRecords[],
): Promise<number> {
  const records = batches.reduce((sum, batch) => sum + batch.records, 0);
  if (records === 0) return 0;
  await client.query(CREATE_INCOMING);
  await copy(client, 'copy incoming from stdin', batches);
  const inserted = (await client.query(INSERT_NEW)).rowCount ?? 0;
  if (inserted > 0 && inserted < records) await client.query(REMOVE_INSERTED, pointer);
  return records - inserted;
}

function copy(
  client: pg.PoolClient,
  statement: string,
  batches: readonly IncomingRecords[],
): Promise<void> {
  return pipeline(
    Readable.from(batches.map(({ rows }) => rows)),
    client.query(copyFrom(statement)),
  );
}

/**
 * The same, but a record that the database refuses is isolated by halving under savepoints; the others
 * are stored.
 *
 * @returns the records that were refused.
 */
export async function mergeAcceptable(
  client: pg.PoolClient,
  chunk: IngestChunkRequest,
  incoming: IncomingRecords,
  lockRun: LockRun,
): Promise<readonly Reject[]> {
  await client.query('savepoint batch');
  try {
    await mergeRecords(client, chunk, incoming, lockRun);
    await client.query('release savepoint batch');
    return [];
  } catch (error) {
    if (!isDataError(error)) throw error;
    await client.query('rollback to savepoint batch');
    // That has given back a lock taken since.
    await lockRun();
    if (incoming.records === 1) {
      return [{ position: positionOf(incoming), reason: (error as Error).message }];
    }
    const [first, second] = split(incoming, Math.ceil(incoming.records / 2));
    return [
      ...(await mergeAcceptable(client, chunk, first, lockRun)),
      ...(await mergeAcceptable(client, chunk, second, lockRun)),
    ];
  }
}

/** The first `count` records, and the others. */
function split(
  { records, rows }: IncomingRecords,
  count: number,
): [IncomingRecords, IncomingRecords] {
  const first = Math.min(count, records);
  let end = 0;
  // COPY's text format has a newline nowhere but behind each row.
  for (let row = 0; row < first; row += 1) end = rows.indexOf(NEWLINE, end) + 1;
  return [
    { records: first, rows: rows.subarray(0, end) },
    { records: records - first, rows: rows.subarray(end) },
  ];
}

/** The first record's, with which its row begins. */
function positionOf({ rows }: IncomingRecords): number {
  return Number(rows.toString('latin1', 0, rows.indexOf(TAB)));
}

/** Merges what is left in `incoming`. */
async function mergeStored(client: pg.PoolClient, pointer: Pointer): Promise<void> {
  const [run_id] = pointer;
  const { rows } = await client.query<{ action: Action }>(PLAN_MERGE, [run_id]);
  const actions = new Set(rows.map(({ action }) => action));
  if (actions.has('replaces')) await client.query(REPLACE_DUPLICATES, [run_id]);
  if (actions.has('updated')) await client.query(RECORD_HISTORY, [run_id]);
  await client.query(OVERWRITE_PERMITS, pointer);
  await client.query(COUNT_OUTCOMES, pointer);
}

/**
 * Waits until no chunk of the run is ingested alone, or, to be so itself, until none is ingested at all;
 * others wait until the transaction ends. With the run's row locked a chunk must not insert beside others,
 * which hold keys that it may want, and may want the row.
 */
export async function joinRun(
  client: pg.PoolClient,
  runId: number,
  isAlone: boolean,
): Promise<void> {
  const lock = isAlone ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await client.query(`select ${lock}(hashtext('ingest-chunk'), $1::integer)`, [runId]);
}

/**
 * Locks the run's row to the end of the transaction: chunks merge one after the other, and finalize
 * waits for the one in hand.
 *
 * @throws SyncError `run_closed` (409) when the run is not running any more.
 */
export async function lockRunningRun(client: pg.PoolClient, runId: number): Promise<void> {
  const { rows } = await client.query<{ status: string }>(
    'select status from sync_runs where id = $1 for no key update',
    [runId],
  );
  if (rows[0]?.status === 'running') return;
  throw permanent('run_closed', `Run ${runId} is ${rows[0]?.status ?? 'unknown'}, not running`, {
    status: 409,
    runId,
    hint: 'Start a new sync',
  });
}
