import { CompiledQuery, type Transaction } from 'kysely';
import type { Database, SyncRun } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const MARK_REMOVED = readSqlFile('mark-removed');
const FORGET_SEEN = readSqlFile('forget-seen');

/** How many permits left the feed, and how many came back. */
export type PresenceCounts = Pick<SyncRun, 'records_removed' | 'records_returned'>;

/**
 * Marks as removed the permits that the completing run's feed no longer has, unless the feed is
 * partial; unmarks those that are back; records both in the history; and deletes the bitmaps of
 * seen permits, which are no longer needed.
 */
export async function markRemoved(
  trx: Transaction<Database>,
  { id, partial }: Pick<SyncRun, 'id' | 'partial'>,
): Promise<PresenceCounts> {
  const { rows } = await trx.executeQuery<PresenceCounts>(
    CompiledQuery.raw(MARK_REMOVED, [id, partial]),
  );
  await trx.executeQuery(CompiledQuery.raw(FORGET_SEEN, [id]));
  return rows[0] as PresenceCounts;
}
