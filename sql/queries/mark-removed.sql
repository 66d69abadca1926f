-- Marks as removed the permits that the feed of run $1 no longer has, unless it is partial ($2),
-- and unmarks those that are back.
with lineage as (
  select run_lineage($1) as run_id
),
-- A reject with a readable key was in the feed; its last good values stay.
rejected as (
  select stored.id
  from sync_rejects as reject
  join stored_permits as stored using (permit_num, revision_num, permit_type)
  where reject.run_id in (select run_id from lineage)
),
seen as (
  select page, bit_or(bits) as bits
  from sync_seen
  where run_id in (select run_id from lineage)
  group by page
),
pages as (
  select generate_series(0, last_value / 4096) as page
  from stored_permits_id_seq
),
-- One bit per permit.
seen_bits as materialized (
  select
    string_agg(coalesce(bits, repeat('0', 4096)::bit(4096))::text, '' order by page)::varbit as bits
  from pages
  left join seen using (page)
),
times as (
  select
    started_at as now,
    (
      select max(started_at)
      from sync_runs
      where status = 'completed'
        and not partial
        and id <> $1
    ) as before
  from sync_runs
  where id = $1
)
update stored_permits as stored
set
  is_removed = not stored.is_removed,
  last_seen_at = case
    when stored.is_removed then times.now
    else greatest(stored.last_seen_at, times.before)
  end
from seen_bits, times
where (stored.is_removed or not $2)
  and stored.is_removed = (
    stored.written_by_run in (select run_id from lineage)
    or get_bit(seen_bits.bits, stored.id) = 1
    or stored.id in (select id from rejected)
  );
