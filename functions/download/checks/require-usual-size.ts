import type { Context } from '../../shared/context.ts';
import { transient } from '../../shared/errors.ts';
import { readSqlFile } from '../../shared/sql-file.ts';

const COUNT_USUAL_RECORDS = readSqlFile('count-usual-records');

/** Smallest share of the last feed's records; in a week the City's feed loses under 1 %. */
const LEAST_PERCENT = 80;

/**
 * Refuses a City feed with far fewer records than the last one. The City deletes its table and
 * loads it again; a download in between gets part of the table, without an error.
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
    `The feed has ${records} records, under ${LEAST_PERCENT} % of the last feed's ${usual}`,
    {
      runId,
      hint: 'If the City removed these records, start the sync with {"accept_shrink": true}',
    },
  );
}
