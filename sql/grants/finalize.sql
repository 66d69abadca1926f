-- Closes runs, and inserts the row of a run that failed before it was opened.
grant select, insert on sync_runs to :"user";
grant update (
  status, error_code, error_message, error_hint, completed_at, duration_ms, records_total,
  records_new, records_updated, records_unchanged, records_errors, records_superseded,
  records_removed, records_returned, warnings
) on sync_runs to :"user";
grant select on sync_chunks, sync_rejects to :"user";

-- Marks the permits that left the feed as removed, unmarks those that are back, and records both.
grant select on stored_permits to :"user";
grant update (is_removed, last_seen_at, written_by_run) on stored_permits to :"user";
grant select, insert on permit_history to :"user";
grant select, delete on sync_seen to :"user";
grant select on sequence stored_permits_id_seq to :"user";
