import { sql } from 'kysely';
import type { Context } from '../../shared/context.ts';
import { transient } from '../../shared/errors.ts';

/** Of the records of the last feed; over a week of changes the City's feed loses under 1 %. */
const LEAST_PERCENT = 80;

/**
 * Refuses a feed of the City's that has far fewer records than the last one: the City deletes its
 * table and loads it anew, and a reader in between gets a part of it, with no error.
 *
 * @throws SyncError `feed_shrank`, transient.
 */
export async function requireUsualSize(
  { db }: Context,
  runId: number,
  records: number,
): Promise<void> {
  const { rows } = await sql<{ records: number }>`
    select coalesce(sum(record_count), 0)::integer as records
    from sync_chunks
    where run_id = (
      -- The first of a line of resumed runs has every chunk of their feed.
      select min(id)
      from run_lineage(
        (
          select id
          from sync_runs
          where status = 'completed'
            and file_path is null
          order by started_at desc
          limit 1
        )
      ) as id
    )
  `.execute(db);
  const usual = rows[0]?.records ?? 0;
  if (records >= (usual * LEAST_PERCENT) / 100) return;
  throw transient(
    'feed_shrank',
    `The feed has ${records} records, under ${LEAST_PERCENT} % of the ${usual} of the last one`,
    { runId, hint: 'If the City removed them, start the sync with {"accept_shrink": true}' },
  );
}
