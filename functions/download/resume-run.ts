import { CompiledQuery, sql } from 'kysely';
import type { Context } from '../shared/context.ts';
import { permanent } from '../shared/errors.ts';
import type { SyncRun } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const ADOPT_CHUNKS = readSqlFile('adopt-chunks');

/**
 * Gives a run the chunks that an earlier, failed run has not ingested, and that run's feed object.
 * Nothing is downloaded. Called again, it changes nothing.
 *
 * @throws SyncError `run_not_resumable` (409) unless there is such a run and it failed after its feed
 * was stored.
 */
export function resumeRun({ db }: Context, run: SyncRun, earlierId: number): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const earlier = await trx
      .selectFrom('sync_runs')
      .selectAll()
      .where('id', '=', earlierId)
      .executeTakeFirst();
    if (earlier?.status !== 'failed' || earlier.chunks_total === null) {
      const state = earlier ? `${earlier.status}, with no stored feed` : 'unknown';
      throw permanent('run_not_resumable', `Run ${earlierId} is ${state}`, {
        status: 409,
        runId: run.id,
        hint: 'Start a sync without resume_run_id',
      });
    }
    const unindexed = await trx
      .selectFrom('sync_chunks')
      .select('chunk_number')
      .where('run_id', '=', earlierId)
      .where('status', '=', 'pending')
      .where('record_fingerprints', 'is', null)
      .executeTakeFirst();
    if (unindexed) {
      throw permanent('run_not_resumable', `Run ${earlierId} was stored by an earlier version`, {
        status: 409,
        runId: run.id,
        hint: 'Start a sync without resume_run_id',
      });
    }
    const claimed = await trx
      .updateTable('sync_runs')
      .set((update) => ({
        resumed_from: earlierId,
        file_path: earlier.file_path,
        snapshot_path: earlier.snapshot_path,
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
  });
}
