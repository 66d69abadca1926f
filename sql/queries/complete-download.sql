-- Marks the chunk index of run $1 as complete, with $2 chunks of $3 records together.
update sync_runs
set
  chunks_total = $2,
  feed_records = $3
where id = $1;
