-- Run $1 has all its $2 chunks in the chunk index.
update sync_runs
set chunks_total = $2
where id = $1;
