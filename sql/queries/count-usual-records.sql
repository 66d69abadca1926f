-- Counts the records of the last completed run of the City's own feed.
select coalesce(sum(record_count), 0)::integer as records
from sync_chunks
where run_id = (
  -- The first of a line of resumed runs has every chunk of the feed.
  select min(id)
  from run_lineage(
    (
      select id
      from sync_runs
      where status = 'completed'
        and file_path is null
      order by started_at desc
      limit 1
    )
  ) as id
);
