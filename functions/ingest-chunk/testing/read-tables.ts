/** Runs a statement and returns its rows. */
export type Query = (text: string, values?: unknown[]) => Promise<unknown[]>;

/** Reads the permits in the model's form. */
export function readPermits(query: Query): Promise<unknown[]> {
  return query(
    `select permit_num, revision_num, permit_type, status, application_date::text, issued_date::text,
       est_const_cost::text, extra
     from permits
     order by permit_num collate "C", permit_type collate "C"`,
  );
}

/** Reads the permits, and whether each is in the feed, as they were when a run had ended. */
export function readPermitsAsOf(query: Query, runId: number): Promise<unknown[]> {
  return query(
    `select permit_num, revision_num, permit_type, status, application_date::text, issued_date::text,
       est_const_cost::text, extra, in_feed
     from permits_as_of_run($1)
     order by permit_num collate "C", permit_type collate "C"`,
    [runId],
  );
}

/** Reads the history of one run in the model's form. */
export function readHistory(query: Query, runId: number): Promise<unknown[]> {
  return query(
    `select permit_num, permit_type, field_name, old_value, new_value
     from permit_history
     where sync_run_id = $1
     order by permit_num collate "C", permit_type collate "C", field_name collate "C"`,
    [runId],
  );
}

/**
 * Reads the net history, after the first run, of the permits that it stored: the first old and the
 * last new value of each field, if they differ. The number of runs in between does not matter.
 */
export function readNetHistory(query: Query): Promise<unknown[]> {
  return query(
    `select permit_num, permit_type, field_name, old_value, new_value
     from (
       select
         permit_num, revision_num, permit_type, field_name,
         (array_agg(old_value order by history.id))[1] as old_value,
         (array_agg(new_value order by history.id desc))[1] as new_value
       from permit_history as history
       join permits using (permit_num, revision_num, permit_type)
       where permits.first_seen_run = (select min(id) from sync_runs)
       group by permit_num, revision_num, permit_type, field_name
     ) as net
     where old_value is distinct from new_value
     order by permit_num collate "C", permit_type collate "C", field_name collate "C"`,
  );
}
