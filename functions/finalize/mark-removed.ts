import { CompiledQuery, type Transaction } from 'kysely';
import type { Database } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const MARK_REMOVED = readSqlFile('mark-removed');
const FORGET_SEEN = readSqlFile('forget-seen');

/**
 * Notes which permits have gone from the feed and which are back, as a run completes. What its chunks
 * have noted of unchanged permits has served its purpose then.
 */
export async function markRemoved(trx: Transaction<Database>, runId: number): Promise<void> {
  await trx.executeQuery(CompiledQuery.raw(MARK_REMOVED, [runId]));
  await trx.executeQuery(CompiledQuery.raw(FORGET_SEEN, [runId]));
}
