-- Marks chunk $2 of run $1 as done, with $3 rejects, after $4 ms. A constraint of the table fails
-- if the outcomes do not add up to the chunk's number of records.
update sync_chunks
set
  status = 'done',
  records_errors = $3,
  done_at = clock_timestamp(),
  duration_ms = $4,
  record_begins = null,
  record_ends = null,
  record_fingerprints = null
where run_id = $1
  and chunk_number = $2
returning
  run_id, chunk_number, records_new, records_updated, records_unchanged, records_errors,
  records_superseded;
