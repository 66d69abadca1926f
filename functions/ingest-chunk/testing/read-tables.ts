/** Runs a statement and gives its rows. */
export type Query = (text: string, values?: unknown[]) => Promise<unknown[]>;

/** The permits as the model has them. */
export const readPermits = (query: Query): Promise<unknown[]> =>
  query(
    `select permit_num, revision_num, permit_type, status, application_date::text, issued_date::text,
       est_const_cost::text, extra
     from permits
     order by permit_num collate "C", permit_type collate "C"`,
  );

/** The history of one run as the model has it. */
export const readHistory = (query: Query, runId: number): Promise<unknown[]> =>
  query(
    `select permit_num, permit_type, field_name, old_value, new_value
     from permit_history
     where sync_run_id = $1
     order by permit_num collate "C", permit_type collate "C", field_name collate "C"`,
    [runId],
  );
