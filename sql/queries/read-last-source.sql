-- Where the last feed came from that was stored, if only in part, or completed; null for runs
-- before migration 0011.
select source
from sync_runs
where (status = 'completed' and not dry_run) or run_has_stored(id)
order by id desc
limit 1;
