import { CompiledQuery, type Transaction } from 'kysely';
import type { Database } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const MARK_REMOVED = readSqlFile('mark-removed');
const FORGET_SEEN = readSqlFile('forget-seen');

/**
 * Marks the permits that the completing run's feed no longer has as removed, unmarks those that are
 * back, and deletes the bitmaps of seen permits, which are no longer needed.
 */
export async function markRemoved(trx: Transaction<Database>, runId: number): Promise<void> {
  await trx.executeQuery(CompiledQuery.raw(MARK_REMOVED, [runId]));
  await trx.executeQuery(CompiledQuery.raw(FORGET_SEEN, [runId]));
}
