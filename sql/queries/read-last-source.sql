-- Where the last feed came from that was stored, if only in part, or completed; null for runs
-- before migration 0011.
select source
from sync_runs
where (status = 'completed' and not dry_run)
  or exists (
    select
    from sync_chunks
    where run_id = sync_runs.id
      and sync_chunks.status = 'done'
  )
order by id desc
limit 1;
