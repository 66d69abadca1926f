import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { isDataError, permanent } from '../shared/errors.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { IngestChunkRequest } from './contract.ts';
import type { IncomingRecords, Reject } from './map-records.ts';

const CREATE_INCOMING = readSqlFile('create-incoming');
const PLAN_MERGE = readSqlFile('plan-merge');
const REPLACE_DUPLICATES = readSqlFile('replace-duplicates');
const RECORD_HISTORY = readSqlFile('record-history');
const OVERWRITE_PERMITS = readSqlFile('overwrite-permits');
const INSERT_NEW = readSqlFile('insert-new');
const REMOVE_INSERTED = readSqlFile('remove-inserted');
const COUNT_OUTCOMES = readSqlFile('count-outcomes');

type Action = 'updated' | 'unchanged' | 'superseded' | 'replaces';

/** Keeps other chunks of the run from merging until the transaction ends. */
export type LockRun = () => Promise<void>;

/**
 * Merges records into `permits` and adds their outcomes to the chunk's counts, all in the
 * transaction of `client`.
 *
 * @param lockRun is called when the records have been sent and the new permits inserted: other chunks of
 * the run can do the same until then.
 * @throws a data error of PostgreSQL when it refuses one of the records.
 */
export const mergeRecords = async (
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
  { rows, ends }: IncomingRecords,
  lockRun: LockRun,
): Promise<void> => {
  if (ends.length === 0) return lockRun();
  await client.query(CREATE_INCOMING);
  const sent = Readable.from([rows.subarray(0, ends.at(-1))]);
  await pipeline(sent, client.query(copyFrom('copy incoming from stdin')));
  const pointer = [run_id, chunk_number] satisfies [number, number];
  const { rowCount: inserted } = await client.query(INSERT_NEW, pointer);
  const isLeft = inserted !== ends.length;
  if (isLeft && inserted !== 0) await client.query(REMOVE_INSERTED, pointer);
  // From here to the commit one chunk at a time: duplicates across chunks see each other.
  await lockRun();
  if (isLeft) await mergeStored(client, pointer);
  await client.query(COUNT_OUTCOMES, [...pointer, inserted]);
};

/**
 * The same, but a record that the database refuses is isolated by halving under savepoints; the others
 * are stored.
 *
 * @returns the records that were refused.
 */
export const mergeAcceptable = async (
  client: pg.PoolClient,
  chunk: IngestChunkRequest,
  incoming: IncomingRecords,
  lockRun: LockRun,
): Promise<readonly Reject[]> => {
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
    const [only] = incoming.positions;
    if (only !== undefined && incoming.positions.length === 1) {
      return [{ position: only, reason: (error as Error).message }];
    }
    const [first, second] = halve(incoming);
    return [
      ...(await mergeAcceptable(client, chunk, first, lockRun)),
      ...(await mergeAcceptable(client, chunk, second, lockRun)),
    ];
  }
};

const halve = ({ positions, rows, ends }: IncomingRecords): [IncomingRecords, IncomingRecords] => {
  const middle = Math.ceil(ends.length / 2);
  const split = ends[middle - 1] as number;
  const first = { positions: positions.slice(0, middle), ends: ends.slice(0, middle), rows };
  const second = {
    positions: positions.slice(middle),
    ends: ends.slice(middle).map((end) => end - split),
    rows: rows.subarray(split),
  };
  return [first, second];
};

/** Merges what is left in `incoming`. */
const mergeStored = async (
  client: pg.PoolClient,
  pointer: [run: number, chunk: number],
): Promise<void> => {
  const [run_id] = pointer;
  const { rows } = await client.query<{ action: Action }>(PLAN_MERGE, [run_id]);
  const actions = new Set(rows.map(({ action }) => action));
  if (actions.has('replaces')) await client.query(REPLACE_DUPLICATES, [run_id]);
  if (actions.has('updated')) await client.query(RECORD_HISTORY, [run_id]);
  await client.query(OVERWRITE_PERMITS, pointer);
};

/**
 * Waits until no chunk of the run is ingested alone, or, to be so itself, until none is ingested at all;
 * others wait until the transaction ends. With the run's row locked a chunk must not insert beside others,
 * which hold keys that it may want, and may want the row.
 */
export const joinRun = async (
  client: pg.PoolClient,
  runId: number,
  isAlone: boolean,
): Promise<void> => {
  const lock = isAlone ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await client.query(`select ${lock}(hashtext('ingest-chunk'), $1::integer)`, [runId]);
};

/**
 * Locks the run's row to the end of the transaction: chunks merge one after the other, and finalize
 * waits for the one in hand.
 *
 * @throws SyncError `run_closed` (409) when the run is not running any more.
 */
export const lockRunningRun = async (client: pg.PoolClient, runId: number): Promise<void> => {
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
};
