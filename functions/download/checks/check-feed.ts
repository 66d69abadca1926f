import type { Context } from '../../shared/context.ts';
import type { SyncError } from '../../shared/errors.ts';
import type { SyncRun, Warning } from '../../shared/schema.ts';
import { readSqlFile } from '../../shared/sql-file.ts';
import type { StoredFeed } from '../store-feed.ts';
import { checkAge } from './check-age.ts';
import { checkKeyColumns } from './check-key-columns.ts';
import { checkKnownColumns } from './check-known-columns.ts';
import { checkRejects } from './check-rejects.ts';
import { checkSize } from './check-size.ts';
import { checkSource } from './check-source.ts';
import { checkValues } from './check-values.ts';
import { reportDrift } from './report-drift.ts';

const READ_LAST_COLUMNS = readSqlFile('read-last-columns');

interface Refusal {
  readonly error: SyncError;
  readonly isAccepted: boolean;
}

/**
 * Checks a feed before any of it reaches the permits, and decides what a refusal means: an error, a
 * warning of a run that accepts it, or a line in the report of a dry run.
 *
 * @returns warnings for the run's row.
 * @throws SyncError the first that the run does not accept, unless it is a dry run.
 */
export async function checkFeed(
  context: Context,
  run: SyncRun,
  { records, columns, rehearsed }: StoredFeed,
): Promise<readonly Warning[]> {
  const { id, accept_outdated, accept_shrink, accept_drift } = run;
  const known = await readLastColumns(context);
  const refusals = [
    ...refuse(await checkSource(context, run), false),
    ...refuse(await checkAge(context, run), accept_outdated),
    ...refuse(checkKeyColumns(columns, id), false),
    ...refuse(checkKnownColumns(columns, known ?? [], id), accept_drift),
    ...refuse(await checkSize(context, run, records), accept_shrink),
    ...refuse(checkValues(rehearsed, id), accept_drift),
    ...refuse(checkRejects(rehearsed, context.config.MAX_REJECTED_PERCENT, id), false),
  ];
  const refusal = refusals.find(({ isAccepted }) => !isAccepted);
  if (refusal && !run.dry_run) throw refusal.error;
  return [...toWarnings(refusals), ...reportDrift(context.log, id, { columns, known })];
}

/** @returns the columns of the last whole feed; undefined if there is none. */
async function readLastColumns({ pool }: Context): Promise<readonly string[] | undefined> {
  const { rows } = await pool.query<{ feed_columns: readonly string[] }>(READ_LAST_COLUMNS);
  return rows[0]?.feed_columns;
}

function refuse(error: SyncError | undefined, isAccepted: boolean): readonly Refusal[] {
  return error ? [{ error, isAccepted }] : [];
}

/** Makes one warning for each code, because a run keeps one. */
function toWarnings(refusals: readonly Refusal[]): readonly Warning[] {
  return [...Map.groupBy(refusals, ({ error }) => error.code)].map(([code, same]) => {
    const message = same.map(({ error }) => error.message).join('. ');
    const refusal = same.find(({ isAccepted }) => !isAccepted);
    return refusal
      ? { code, message, hint: refusal.error.hint }
      : { code, message, accepted: true };
  });
}
