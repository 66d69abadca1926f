-- Marks the chunk index of run $1 as complete after $5 ms, with $2 chunks of $3 records together,
-- which have the mapped columns $4.
update sync_runs
set
  chunks_total = $2,
  feed_records = $3,
  feed_columns = $4,
  download_ms = $5
where id = $1;
