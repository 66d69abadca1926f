import type { Context } from '../../shared/context.ts';
import { permanent, type SyncError } from '../../shared/errors.ts';
import type { SyncRun } from '../../shared/schema.ts';
import { readSqlFile } from '../../shared/sql-file.ts';

const FIND_LATER_FEED = readSqlFile('find-later-feed');

/**
 * Checks that no later feed has been stored: permits would go back to what they were, as changes of
 * today. The runs that fetched the feeds decide, never a clock.
 *
 * @returns `feed_outdated` (409), which names the runs.
 */
export async function checkAge(
  { pool }: Pick<Context, 'pool'>,
  { id, feed_run }: Pick<SyncRun, 'id' | 'feed_run'>,
): Promise<SyncError | undefined> {
  const feedRun = feed_run ?? id;
  const { rows } = await pool.query<{ id: number }>(FIND_LATER_FEED, [feedRun]);
  if (!rows[0]) return undefined;
  const message = `The feed is that of run ${feedRun}; run ${rows[0].id} has stored a later one`;
  return permanent('feed_outdated', message, {
    status: 409,
    runId: id,
    hint: 'Sync the City\'s feed instead, or go back on purpose with {"accept_outdated": true}, or npm start -- --accept-outdated',
  });
}
