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
const UPDATE_CHANGED = readSqlFile('update-changed');
const TOUCH_UNCHANGED = readSqlFile('touch-unchanged');
const INSERT_NEW = readSqlFile('insert-new');
const COUNT_OUTCOMES = readSqlFile('count-outcomes');

type Action = 'updated' | 'unchanged' | 'superseded' | 'replaces';

/** Keeps other chunks of the run from merging until the transaction ends. */
export type LockRun = () => Promise<void>;

/**
 * Merges records into `permits` and adds their outcomes to the chunk's counts, all in the
 * transaction of `client`. A record that the database refuses is isolated by halving under
 * savepoints; the others are stored.
 *
 * @param lockRun is called when the records have been sent: others can merge until then.
 * @returns the records that were refused.
 */
export const mergeRecords = async (
  client: pg.PoolClient,
  chunk: IngestChunkRequest,
  incoming: IncomingRecords,
  lockRun: LockRun,
): Promise<readonly Reject[]> => {
  if (incoming.ends.length === 0) {
    await lockRun();
    return [];
  }
  await client.query('savepoint batch');
  try {
    await mergeBatch(client, chunk, incoming, lockRun);
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
    const isLocked = async () => {};
    const [first, second] = halve(incoming);
    return [
      ...(await mergeRecords(client, chunk, first, isLocked)),
      ...(await mergeRecords(client, chunk, second, isLocked)),
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

const mergeBatch = async (
  client: pg.PoolClient,
  { run_id, chunk_number }: IngestChunkRequest,
  { rows, ends }: IncomingRecords,
  lockRun: LockRun,
): Promise<void> => {
  await client.query(CREATE_INCOMING);
  const sent = Readable.from([rows.subarray(0, ends.at(-1))]);
  await pipeline(sent, client.query(copyFrom('copy incoming from stdin')));
  const pointer = [run_id, chunk_number] satisfies [number, number];
  const { rowCount: inserted } = await client.query(INSERT_NEW, pointer);
  // From here to the commit one chunk at a time: duplicates across chunks see each other.
  await lockRun();
  if (inserted !== ends.length) await mergeStored(client, pointer);
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
  if (actions.has('updated') || actions.has('replaces')) {
    await client.query(UPDATE_CHANGED, pointer);
  }
  if (actions.has('unchanged')) await client.query(TOUCH_UNCHANGED, pointer);
  await client.query(COUNT_OUTCOMES, pointer);
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
