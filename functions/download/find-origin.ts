import { type Kysely, sql } from 'kysely';
import type { Config } from '../shared/config.ts';
import type { Database, SyncRun } from '../shared/schema.ts';

/** Where a feed came from, and which run fetched it when. */
export type Origin = Pick<SyncRun, 'source' | 'feed_run' | 'feed_at'>;

/** A feed object that a run has stored. */
const STORED_FEED = /^[gG][sS]:\/\/([^/]+)\/runs\/(\d{1,15})\/feed\.json\.gz$/;

/**
 * Finds where the feed of a run comes from. A stored feed was fetched by an earlier run; any other
 * is fetched by the run that reads it.
 */
export async function findOrigin(
  db: Kysely<Database>,
  { FEED_BUCKET, FEED_IS_MADE_UP }: Config,
  { id, file_path }: Pick<SyncRun, 'id' | 'file_path'>,
): Promise<Origin> {
  const [, bucket, storedBy] = STORED_FEED.exec(file_path ?? '') ?? [];
  if (bucket === FEED_BUCKET) {
    const earlier = await db
      .selectFrom('sync_runs')
      .select(['source', 'feed_run', 'feed_at'])
      .where('id', '=', Number(storedBy))
      .where('id', '<', id)
      .where('feed_run', 'is not', null)
      .executeTakeFirst();
    if (earlier) return earlier;
  }
  const { now } = await db
    .selectNoFrom(sql<Date>`clock_timestamp()`.as('now'))
    .executeTakeFirstOrThrow();
  return { source: sourceOf(file_path, FEED_IS_MADE_UP), feed_run: id, feed_at: now };
}

function sourceOf(filePath: string | null, isMadeUp: boolean): Origin['source'] {
  if (filePath === null) return isMadeUp ? 'made_up' : 'city';
  if (/^https?:/i.test(filePath)) return 'url';
  return /^gs:/i.test(filePath) ? 'object' : 'file';
}
