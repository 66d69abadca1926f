import type { Context } from '../../shared/context.ts';

/** Digests everything that a sync may change of the permits. */
export async function digestPermits({ pool }: Context): Promise<unknown> {
  const { rows } = await pool.query(
    `select
       (select md5(string_agg(stored::text, '' order by id)) from stored_permits as stored) as permits,
       (select md5(string_agg(history::text, '' order by id)) from permit_history as history)
         as history,
       (select md5(string_agg(seen::text, '' order by seen::text)) from sync_seen as seen) as seen`,
  );
  return rows[0];
}
