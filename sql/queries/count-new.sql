-- Adds $3 inserted permits to the counts of chunk $2 of run $1.
update sync_chunks
set records_new = records_new + $3
where run_id = $1
  and chunk_number = $2;
