import { CompiledQuery, type Transaction } from 'kysely';
import type { Database } from '../shared/schema.ts';
import { readSqlFile } from '../shared/sql-file.ts';

const FIND_GONE = readSqlFile('find-gone');
const NOTE_GONE = readSqlFile('note-gone');
const FORGET_SIGHTINGS = readSqlFile('forget-sightings');

/** Item i of each is of permit i; null when there is none. */
interface Keys {
  readonly permit_nums: readonly string[] | null;
  readonly revision_nums: readonly string[] | null;
  readonly permit_types: readonly string[] | null;
}

/**
 * Notes which permits have gone from the feed and which are back, as a run completes. What its chunks
 * have noted of unchanged permits has served its purpose then.
 */
export const noteGone = async (trx: Transaction<Database>, runId: number): Promise<void> => {
  const { rows } = await trx.executeQuery<Keys>(CompiledQuery.raw(FIND_GONE, [runId]));
  const { permit_nums, revision_nums, permit_types } = rows[0] as Keys;
  if (permit_nums) {
    const keys = [permit_nums, revision_nums, permit_types];
    await trx.executeQuery(CompiledQuery.raw(NOTE_GONE, [runId, ...keys]));
  }
  await trx.executeQuery(CompiledQuery.raw(FORGET_SIGHTINGS, [runId]));
};
