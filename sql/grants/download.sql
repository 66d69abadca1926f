-- Opens runs, closes abandoned ones, and writes the chunk index of a run.
grant select, insert on sync_runs to :"user";
grant update (
  file_path, snapshot_path, chunks_total, feed_records, feed_columns, partial, accept_shrink,
  accept_drift, accept_outdated, source, feed_run, feed_at, download_ms, warnings, resumed_from, status, error_code, error_message, error_hint, completed_at,
  duration_ms, records_total, records_new, records_updated, records_unchanged, records_errors,
  records_superseded, records_removed, records_returned
) on sync_runs to :"user";
grant select, insert on sync_chunks to :"user";
-- Measures the feed against the permits that are in it now.
grant select on permits to :"user";
-- Lets a dry run tell how much of the feed is stored already.
grant select (record_fingerprint) on stored_permits to :"user";
