import { CompiledQuery, sql, type Transaction } from 'kysely';
import type { Context } from '../shared/context.ts';
import { permanent } from '../shared/errors.ts';
import type { Database, SyncRun } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import { addWarnings } from '../shared/warnings.ts';
import { checkAge } from './checks/check-age.ts';
import { checkSource } from './checks/check-source.ts';

const ADOPT_CHUNKS = readSqlFile('adopt-chunks');

/**
 * Gives a run the feed object of an earlier, failed run and the chunks that the earlier run did not
 * ingest. Nothing is downloaded. Called again, it changes nothing.
 *
 * @throws SyncError `run_not_resumable` (409) unless the earlier run failed after storing its
 * feed, and nothing has been stored since; `feed_outdated` (409) unless it is accepted.
 */
export function resumeRun(context: Context, run: SyncRun, earlierId: number): Promise<void> {
  return context.db.transaction().execute(async (trx) => {
    const earlier = await trx
      .selectFrom('sync_runs')
      .selectAll()
      .where('id', '=', earlierId)
      .executeTakeFirst();
    if (earlier?.status !== 'failed' || earlier.chunks_total === null) {
      throw notResumable(run, `Run ${earlierId} ${describeState(earlier)}`);
    }
    if (earlier.dry_run) throw notResumable(run, `Run ${earlierId} is a dry run`);
    const madeUp = await checkSource(context, { id: run.id, source: earlier.source });
    if (madeUp) throw madeUp;
    const feed_run = earlier.feed_run ?? earlierId;
    const outdated = await checkAge(context, { id: run.id, feed_run });
    if (outdated && !run.accept_outdated) throw outdated;
    const later = await findLaterWork(trx, earlierId, run.id);
    if (later !== undefined) {
      throw notResumable(
        run,
        `Run ${later} has stored permits since run ${earlierId}`,
        `Resume run ${later} if it failed, or sync ${earlier.snapshot_path} again`,
      );
    }
    const unindexed = await trx
      .selectFrom('sync_chunks')
      .select('chunk_number')
      .where('run_id', '=', earlierId)
      .where('status', '=', 'pending')
      .where('record_fingerprints', 'is', null)
      .executeTakeFirst();
    if (unindexed) {
      throw notResumable(run, `Run ${earlierId} was stored by an earlier version`);
    }
    const claimed = await trx
      .updateTable('sync_runs')
      .set((update) => ({
        resumed_from: earlierId,
        file_path: earlier.file_path,
        snapshot_path: earlier.snapshot_path,
        feed_records: earlier.feed_records,
        partial: earlier.partial,
        accept_shrink: earlier.accept_shrink,
        feed_columns: earlier.feed_columns,
        accept_drift: earlier.accept_drift,
        source: earlier.source,
        feed_run: earlier.feed_run,
        feed_at: earlier.feed_at,
        chunks_total: update
          .selectFrom('sync_chunks')
          .where('run_id', '=', earlierId)
          .where('status', '=', 'pending')
          .select(sql<number>`count(*)::integer`.as('chunks')),
      }))
      .where('id', '=', run.id)
      .where('chunks_total', 'is', null)
      .executeTakeFirst();
    if (claimed.numUpdatedRows === 0n) return;
    await trx.executeQuery(CompiledQuery.raw(ADOPT_CHUNKS, [run.id, earlierId]));
    await addWarnings(trx, run.id, [
      ...(outdated ? [{ code: outdated.code, message: outdated.message, accepted: true }] : []),
      // What the checks said of the feed, but not what went wrong after the run had ended.
      ...earlier.warnings.filter(({ code }) => code !== 'metrics_not_written'),
    ]);
  });
}

function describeState(earlier: SyncRun | undefined): string {
  if (earlier === undefined) return 'does not exist';
  return earlier.status === 'failed' ? 'failed before its feed was stored' : `is ${earlier.status}`;
}

/**
 * Finds the last run that has completed or stored something since run `earlierId`. What the earlier
 * run has seen is not known any more then.
 */
async function findLaterWork(
  trx: Transaction<Database>,
  earlierId: number,
  ownId: number,
): Promise<number | undefined> {
  const later = await trx
    .selectFrom('sync_runs')
    .select('id')
    .where('id', '>', earlierId)
    // Not this run itself, whose call may be repeated.
    .where('id', '<', ownId)
    .where('dry_run', '=', false)
    .where(sql<boolean>`(status = 'completed' or run_has_stored(id))`)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return later?.id;
}

function notResumable(
  { id }: SyncRun,
  message: string,
  hint = 'Start a sync without resume_run_id',
) {
  return permanent('run_not_resumable', message, { status: 409, runId: id, hint });
}
