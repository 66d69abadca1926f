import type { Context } from '../../shared/context.ts';
import { transient } from '../../shared/errors.ts';
import { readSqlFile } from '../../shared/sql-file.ts';

const COUNT_USUAL_RECORDS = readSqlFile('count-usual-records');

/** Share of the last feed's records; in a week of changes the City's feed loses under 1 %. */
const LEAST_PERCENT = 80;

/**
 * Refuses a feed of the City's that has far fewer records than the last one: the City deletes its
 * table and loads it again, and whoever reads meanwhile gets a part of it without an error.
 *
 * @throws SyncError `feed_shrank`, transient.
 */
export async function requireUsualSize(
  { pool }: Context,
  runId: number,
  records: number,
): Promise<void> {
  const { rows } = await pool.query<{ records: number }>(COUNT_USUAL_RECORDS);
  const usual = rows[0]?.records ?? 0;
  if (records >= (usual * LEAST_PERCENT) / 100) return;
  throw transient(
    'feed_shrank',
    `The feed has ${records} records, under ${LEAST_PERCENT} % of the ${usual} of the last one`,
    { runId, hint: 'If the City removed them, start the sync with {"accept_shrink": true}' },
  );
}
