-- How many records a whole feed usually has: the most of the last five whole feeds, no further back
-- than the last one whose shrinking was accepted, and at least as many as permits are in the feed.
with whole as (
  select id, feed_records, accept_shrink
  from sync_runs
  where status = 'completed'
    and not partial
    and not dry_run
    and feed_records is not null
  order by id desc
  limit 5
)
select greatest(
  (
    select max(feed_records)
    from whole
    where id >= coalesce((select max(id) from whole where accept_shrink), 0)
  ),
  (select count(*) from permits where in_feed)
)::integer as records;
