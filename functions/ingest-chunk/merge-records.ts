import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ChunkKey } from '../shared/chunks/locate-records.ts';
import { isUniqueViolation } from '../shared/errors.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import { type IncomingRecords, splitRecords } from './incoming-records.ts';

const CREATE_INCOMING = readSqlFile('create-incoming');
const COPY_NEW = readSqlFile('copy-new');
const COPY_INCOMING = readSqlFile('copy-incoming');
const PLAN_MERGE = readSqlFile('plan-merge');
const REPLACE_DUPLICATES = readSqlFile('replace-duplicates');
const RECORD_HISTORY = readSqlFile('record-history');
const OVERWRITE_PERMITS = readSqlFile('overwrite-permits');
const INSERT_NEW = readSqlFile('insert-new');
const COUNT_NEW = readSqlFile('count-new');
const REMOVE_INSERTED = readSqlFile('remove-inserted');
const COUNT_OUTCOMES = readSqlFile('count-outcomes');

/** Batch size of the direct COPY; one existing permit sends its whole batch down the slow path. */
const BATCH_RECORDS = 1_000;

type Action = 'updated' | 'unchanged' | 'superseded' | 'replaces';

/** What one chunk, or a part of it, merges into the permits. */
export interface Merge {
  readonly chunk: ChunkKey;
  readonly incoming: IncomingRecords;
  /** Keeps other chunks of the run from merging until the transaction ends. */
  readonly lockRun: () => Promise<void>;
  /** Hardly any of the permits is stored, so a direct COPY is worth trying. */
  readonly areNew: boolean;
}

/**
 * Merges records into the permits and adds their outcomes to the chunk's counts, in the transaction of
 * `client`. Chunks insert new permits side by side; what is stored already they merge one by one.
 *
 * @throws a data error of PostgreSQL when it refuses one of the records.
 */
export async function mergeRecords(client: pg.PoolClient, merge: Merge): Promise<void> {
  const { chunk, incoming, lockRun, areNew } = merge;
  const batches = areNew ? await copyNew(client, incoming) : [incoming];
  const left = await insertNew(client, chunk, batches);
  const inserted = incoming.records - left;
  if (inserted > 0) await client.query(COUNT_NEW, [chunk.run_id, chunk.chunk_number, inserted]);
  // From here to the commit, one chunk at a time: duplicates across chunks see each other.
  await lockRun();
  if (left > 0) await mergeStored(client, chunk);
}

/**
 * Copies new permits straight into their table, batch by batch, in two thirds of the time that
 * insert-new takes.
 *
 * @returns the batches that were not stored, because one of their permits was stored already.
 */
async function copyNew(
  client: pg.PoolClient,
  incoming: IncomingRecords,
): Promise<readonly IncomingRecords[]> {
  const notStored: IncomingRecords[] = [];
  let [batch, rest] = splitRecords(incoming, BATCH_RECORDS);
  for (; batch.records > 0; [batch, rest] = splitRecords(rest, BATCH_RECORDS)) {
    try {
      await copy(client, COPY_NEW, [batch]);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await client.query('rollback to savepoint copy_new');
      notStored.push(batch);
    }
  }
  return notStored;
}

/**
 * Inserts the permits that are not stored yet, and leaves the other records in `incoming`.
 *
 * @returns how many are left.
 */
async function insertNew(
  client: pg.PoolClient,
  { run_id, chunk_number }: ChunkKey,
  batches: readonly IncomingRecords[],
): Promise<number> {
  const records = batches.reduce((sum, batch) => sum + batch.records, 0);
  if (records === 0) return 0;
  await client.query(CREATE_INCOMING);
  await copy(client, COPY_INCOMING, batches);
  const inserted = (await client.query(INSERT_NEW)).rowCount ?? 0;
  const areMixed = inserted > 0 && inserted < records;
  if (areMixed) await client.query(REMOVE_INSERTED, [run_id, chunk_number]);
  return records - inserted;
}

function copy(
  client: pg.PoolClient,
  statement: string,
  batches: readonly IncomingRecords[],
): Promise<void> {
  const rows = Readable.from(batches.map((batch) => batch.rows));
  return pipeline(rows, client.query(copyFrom(statement)));
}

/** Merges the records left in `incoming`, whose permits are stored already. */
async function mergeStored(
  client: pg.PoolClient,
  { run_id, chunk_number }: ChunkKey,
): Promise<void> {
  const { rows } = await client.query<{ action: Action }>(PLAN_MERGE, [run_id]);
  const actions = new Set(rows.map(({ action }) => action));
  if (actions.has('replaces')) await client.query(REPLACE_DUPLICATES, [run_id]);
  if (actions.has('updated')) await client.query(RECORD_HISTORY, [run_id]);
  await client.query(OVERWRITE_PERMITS, [run_id, chunk_number]);
  await client.query(COUNT_OUTCOMES, [run_id, chunk_number]);
}
