-- Locks chunk $2 of run $1 until the transaction ends; a second call for it waits.
select
  run_id, chunk_number, chunk.status, byte_start, byte_end, snapshot_path, chunk.records_new,
  chunk.records_updated, chunk.records_unchanged, chunk.records_errors, chunk.records_superseded,
  -- As text, because a JavaScript date has no microseconds.
  started_at::text as started_at,
  not exists (
    select
    from sync_chunks as other
    where other.status = 'done'
      and other.run_id not in (select run_lineage($1))
  ) as is_first_load
from sync_chunks as chunk
join sync_runs on sync_runs.id = run_id
where run_id = $1
  and chunk_number = $2
for update of chunk;
