import type { Context } from '../../shared/context.ts';
import { permanent, type SyncError } from '../../shared/errors.ts';
import type { FeedSource, SyncRun } from '../../shared/schema.ts';
import { readSqlFile } from '../../shared/sql-file.ts';

const READ_LAST_SOURCE = readSqlFile('read-last-source');

const NAMES: Readonly<Record<Exclude<FeedSource, 'made_up'>, string>> = {
  city: "the City's feed",
  file: 'a file',
  url: 'a URL',
  object: 'a stored object',
};

/**
 * Checks that the made-up feed does not follow another: invented permits would push real ones out.
 * Any other feed is allowed. If the last completed run does not say where its feed came from, the
 * size of the feed decides.
 *
 * @returns `feed_made_up`, which names what the database had last.
 */
export async function checkSource(
  { pool }: Pick<Context, 'pool'>,
  { id, source }: Pick<SyncRun, 'id' | 'source'>,
): Promise<SyncError | undefined> {
  if (source !== 'made_up') return undefined;
  const { rows } = await pool.query<Pick<SyncRun, 'source'>>(READ_LAST_SOURCE);
  const last = rows[0]?.source ?? 'made_up';
  if (last === 'made_up') return undefined;
  const message = `The feed is made up, and the database last had ${NAMES[last]}`;
  return permanent('feed_made_up', message, {
    runId: id,
    hint: "Use another database for it: npm start without DATABASE_URL, or with another --data-dir; or sync the City's feed: npm start -- --live",
  });
}
