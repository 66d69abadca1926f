-- Stores the records of a chunk and its counts, without rights to the columns of other processes.
grant temporary on database :"DBNAME" to :"user";

grant select on sync_runs to :"user";
-- Locking a row requires the right to update one of its columns. The identity column can only be
-- set to the next number, and not while a chunk refers to it.
grant update (id) on sync_runs to :"user";

grant select on sync_chunks to :"user";
grant update (
  status, done_at, duration_ms, record_begins, record_ends, record_fingerprints, records_new, records_updated,
  records_unchanged, records_errors, records_superseded
) on sync_chunks to :"user";

grant insert on sync_rejects to :"user";

grant select, insert, update (bits) on sync_seen to :"user";

grant select on stored_permits to :"user";
grant insert (
  :columns, extra, data_hash, record_fingerprint, first_seen_at, first_seen_run, last_seen_at,
  written_by_run, written_by_chunk, written_by_position
) on stored_permits to :"user";
grant update (
  :fields, extra, data_hash, record_fingerprint, last_seen_at, written_by_run, written_by_chunk,
  written_by_position
) on stored_permits to :"user";

-- If a duplicate loses, its history is deleted.
grant select, insert, delete on permit_history to :"user";
