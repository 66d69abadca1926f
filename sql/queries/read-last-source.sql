-- Where the feed of the last completed run came from; null for runs before migration 0011.
select source
from sync_runs
where status = 'completed'
  and not dry_run
order by id desc
limit 1;
