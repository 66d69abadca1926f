-- The last run whose feed was fetched after run $1 fetched one, and which has stored something of
-- it or completed with the whole feed.
select id
from sync_runs
where feed_run > $1
  and (
    (status = 'completed' and not partial and not dry_run)
    or exists (
      select
      from sync_chunks
      where run_id = sync_runs.id
        and sync_chunks.status = 'done'
    )
  )
order by id desc
limit 1;
