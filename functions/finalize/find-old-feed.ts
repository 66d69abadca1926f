import { CompiledQuery, type Transaction } from 'kysely';
import type { Database, FeedSource, SyncRun, Warning } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const COUNT_REVERTED_FIELDS = readSqlFile('count-reverted-fields');

/** The age of a feed from anywhere else is known: the run that fetched it decides. */
const OF_UNKNOWN_AGE: ReadonlySet<FeedSource | null> = new Set(['file', 'url', 'object']);

/** One permit that goes forth and back is nothing; closing it already changes two fields. */
const LEAST_REVERTED = 2;

/**
 * Finds out whether a feed of unknown age looks older than what is stored: more than half of what
 * the run changed went back to its previous value.
 */
export async function findOldFeed(
  trx: Transaction<Database>,
  { id, source }: SyncRun,
): Promise<readonly Warning[]> {
  if (!OF_UNKNOWN_AGE.has(source)) return [];
  const statement = CompiledQuery.raw(COUNT_REVERTED_FIELDS, [id]);
  const { rows } = await trx.executeQuery<{ changed: number; reverted: number }>(statement);
  const { changed, reverted } = rows[0] ?? { changed: 0, reverted: 0 };
  if (reverted < LEAST_REVERTED || 2 * reverted <= changed) return [];
  const message = `The feed looks old: ${reverted} of ${changed} changes took back the change before`;
  return [{ code: 'feed_looks_old', message, changed, reverted }];
}
