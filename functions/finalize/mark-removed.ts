import { CompiledQuery, type Transaction } from 'kysely';
import type { Database } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const NOTE_GONE = readSqlFile('note-gone');
const FORGET_SIGHTINGS = readSqlFile('forget-sightings');

/**
 * Notes which permits have gone from the feed and which are back, as a run completes. What its chunks
 * have noted of unchanged permits has served its purpose then.
 */
export async function noteGone(trx: Transaction<Database>, runId: number): Promise<void> {
  await trx.executeQuery(CompiledQuery.raw(NOTE_GONE, [runId]));
  await trx.executeQuery(CompiledQuery.raw(FORGET_SIGHTINGS, [runId]));
}
