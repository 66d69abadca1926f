import type { Context } from '../../shared/context.ts';
import { permanent } from '../../shared/errors.ts';
import { readSqlFile } from '../../shared/sql-file.ts';

const FIND_LATER_FEED = readSqlFile('find-later-feed');

/**
 * Refuses a feed that was fetched before one which has been stored: permits would go back to what
 * they were, as changes of today. The runs that fetched the feeds decide, never a clock.
 *
 * @throws SyncError `feed_outdated` (409), which names the runs.
 */
export async function requireLatestFeed(
  { pool }: Pick<Context, 'pool'>,
  runId: number,
  feedRun: number,
): Promise<void> {
  const { rows } = await pool.query<{ id: number }>(FIND_LATER_FEED, [feedRun]);
  if (!rows[0]) return;
  const message = `The feed is that of run ${feedRun}; run ${rows[0].id} has stored a later one`;
  throw permanent('feed_outdated', message, {
    status: 409,
    runId,
    hint: 'Sync the City\'s feed instead, or go back on purpose with {"accept_outdated": true}, or npm start -- --accept-outdated',
  });
}
