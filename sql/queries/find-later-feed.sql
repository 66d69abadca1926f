-- The last run whose feed was fetched after run $1 fetched one, and which has stored something of
-- it or completed with the whole feed.
select id
from sync_runs
where feed_run > $1
  and ((status = 'completed' and not partial and not dry_run) or run_has_stored(id))
order by id desc
limit 1;
