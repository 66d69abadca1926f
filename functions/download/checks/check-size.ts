import type { Context } from '../../shared/context.ts';
import { permanent, type SyncError, transient } from '../../shared/errors.ts';
import type { SyncRun } from '../../shared/schema.ts';
import { readSqlFile } from '../../shared/sql-file.ts';

const MEASURE_USUAL_FEED = readSqlFile('measure-usual-feed');

/** Smallest share of the usual number of records; in a week the City's feed loses under 1 %. */
const LEAST_PERCENT = 95;
/** A small feed may lose as many records as this, whatever their share. */
const ALLOWED_RECORDS = 10;

const PARTIAL_HINT =
  'If it is a part of the feed, sync it with {"partial": true}, or npm start -- --partial';
const ACCEPT_HINT =
  'if the City has no more records, with {"accept_shrink": true}, or npm start -- --accept-shrink';

/**
 * Checks that a whole feed does not have far fewer records than usual, or none. The City deletes
 * its table and loads it again; a download in between gets part of the table, without an error. A
 * file may be a saved page of the feed.
 *
 * @returns `feed_shrank`: transient for the City's feed, which may be complete a little later;
 * permanent for any other.
 */
export async function checkSize(
  { pool }: Context,
  { id, file_path, partial }: SyncRun,
  records: number,
): Promise<SyncError | undefined> {
  if (partial) return undefined;
  const { rows } = await pool.query<{ records: number | null }>(MEASURE_USUAL_FEED);
  const usual = rows[0]?.records ?? 0;
  const least = Math.min((usual * LEAST_PERCENT) / 100, usual - ALLOWED_RECORDS);
  if (records > 0 && records >= least) return undefined;
  const message =
    records === 0
      ? 'The feed has no records'
      : `The feed has ${records} records, under ${LEAST_PERCENT} % of the usual ${usual}`;
  return (file_path === null ? transient : permanent)('feed_shrank', message, {
    runId: id,
    hint: `${PARTIAL_HINT}; ${ACCEPT_HINT}`,
  });
}
