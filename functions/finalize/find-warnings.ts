import { CompiledQuery, type Transaction } from 'kysely';
import { FEED_COLUMNS } from '../shared/mapping/columns.ts';
import type { Database, SyncRun, Warning } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import { findOldFeed } from './find-old-feed.ts';

const COUNT_CHANGED_FIELDS = readSqlFile('count-changed-fields');
const COUNT_UNREADABLE = readSqlFile('count-unreadable');
const COUNT_UNIDENTIFIED = readSqlFile('count-unidentified');

const COLUMN_NAMES = FEED_COLUMNS.map(([name]) => name);

/** On a weekday a field changes in under 1 % of the permits. */
const MANY_CHANGES_PERCENT = 10;
/** On a weekday the City's feed never lost more permits. */
const MANY_REMOVED_PERCENT = 1;
/** Retries and their waits never take longer; a run that did has met a clock that jumped. */
const MAX_WAITING_MS = 24 * 3_600_000;

/** Finds what is doubtful about a run that has just been closed as completed. */
export async function findWarnings(
  trx: Transaction<Database>,
  run: SyncRun,
): Promise<readonly Warning[]> {
  return [
    ...findRejects(run),
    ...(await findUnidentified(trx, run)),
    ...(await findUnreadable(trx, run)),
    ...(await findManyChanges(trx, run)),
    ...(await findOldFeed(trx, run)),
    ...findManyRemoved(run),
    ...(await findClockJump(trx, run)),
  ];
}

function findRejects({ id, records_errors }: SyncRun): readonly Warning[] {
  if (records_errors === 0) return [];
  const message = `${count(records_errors, 'record')} could not be stored; list with npm run rejects -- --run ${id}`;
  return [{ code: 'records_rejected', message, records: records_errors }];
}

async function findUnidentified(
  trx: Transaction<Database>,
  { id, records_removed }: SyncRun,
): Promise<readonly Warning[]> {
  if (records_removed === 0) return [];
  const [found] = await query<{ rejects: number }>(trx, COUNT_UNIDENTIFIED, [id]);
  const rejects = found?.rejects ?? 0;
  if (rejects === 0) return [];
  const removed = count(records_removed, 'permit');
  const message = `${count(rejects, 'reject')} without a readable key may explain as many of the ${removed} that left the feed`;
  return [{ code: 'unidentified_rejects', message, rejects }];
}

async function findUnreadable(
  trx: Transaction<Database>,
  { id }: SyncRun,
): Promise<readonly Warning[]> {
  const found = await query<{ column_name: string; records: number }>(trx, COUNT_UNREADABLE, [
    id,
    COLUMN_NAMES,
  ]);
  if (found.length === 0) return [];
  const list = found.map(
    ({ column_name, records }) => `${column_name} of ${count(records, 'record')}`,
  );
  const message = `Could not read ${list.join(', ')}; the text is in extra`;
  const columns = Object.fromEntries(
    found.map(({ column_name, records }) => [column_name, records]),
  );
  return [{ code: 'unreadable_values', message, columns }];
}

async function findManyChanges(
  trx: Transaction<Database>,
  run: SyncRun,
): Promise<readonly Warning[]> {
  const records = run.records_total;
  if (percentOf(run.records_updated, records) <= MANY_CHANGES_PERCENT) return [];
  const changed = await query<{ field_name: string; permits: number }>(trx, COUNT_CHANGED_FIELDS, [
    run.id,
  ]);
  const many = changed.filter(({ permits }) => percentOf(permits, records) > MANY_CHANGES_PERCENT);
  if (many.length === 0) return [];
  const list = many.map(
    ({ field_name, permits }) => `${field_name} in ${count(permits, 'permit')}`,
  );
  const message = `Unusually many of ${count(records, 'record')} changed: ${list.join(', ')}`;
  const fields = Object.fromEntries(many.map(({ field_name, permits }) => [field_name, permits]));
  return [{ code: 'many_changes', message, fields }];
}

/** A shrink that was accepted has a warning already. */
function findManyRemoved(run: SyncRun): readonly Warning[] {
  const { accept_shrink, feed_records, records_removed } = run;
  const before = (feed_records ?? 0) + records_removed;
  if (accept_shrink || percentOf(records_removed, before) <= MANY_REMOVED_PERCENT) return [];
  const percent = percentOf(records_removed, before).toFixed(1);
  const message = `${count(records_removed, 'permit')} left the feed, ${percent} % of it`;
  return [{ code: 'many_removed', message, permits: records_removed }];
}

/** Compares the database's clock with the calls' own, which never jump. */
async function findClockJump(
  trx: Transaction<Database>,
  run: SyncRun,
): Promise<readonly Warning[]> {
  const { calls_ms } = await trx
    .selectFrom('sync_chunks')
    .where('run_id', '=', run.id)
    .select(({ fn, val }) => fn.coalesce(fn.sum<number>('duration_ms'), val(0)).as('calls_ms'))
    .executeTakeFirstOrThrow();
  const elapsed = (run.completed_at?.getTime() ?? 0) - run.started_at.getTime();
  const duration = run.duration_ms ?? 0;
  const calls = (run.download_ms ?? 0) + Number(calls_ms);
  // The duration is rounded up, both times down, and the clock is read twice.
  if (elapsed + 2 >= duration && duration <= calls + MAX_WAITING_MS) return [];
  const message = `The database's clock jumped during the run: ${elapsed} ms passed by it, and ${calls} ms by those of the calls`;
  return [{ code: 'clock_jumped', message, elapsed_ms: elapsed, calls_ms: calls }];
}

async function query<Row>(
  trx: Transaction<Database>,
  statement: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  return (await trx.executeQuery<Row>(CompiledQuery.raw(statement, [...values]))).rows;
}

function percentOf(part: number, whole: number): number {
  return (100 * part) / Math.max(1, whole);
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-CA')} ${noun}${number === 1 ? '' : 's'}`;
}
