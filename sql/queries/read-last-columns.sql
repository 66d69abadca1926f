-- The columns of the last completed whole feed.
select feed_columns
from sync_runs
where status = 'completed'
  and not partial
  and not dry_run
  and feed_columns <> '{}'
order by id desc
limit 1;
