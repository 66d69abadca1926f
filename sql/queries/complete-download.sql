-- Marks the chunk index of run $1 as complete, with $2 chunks.
update sync_runs
set chunks_total = $2
where id = $1;
