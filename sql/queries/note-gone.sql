-- Run $1 completes: notes which permits its feed no longer had, and which it had again.
with lineage as (
  select run_lineage($1) as run_id
),
seen as (
  select page, bit_or(bits) as bits
  from sync_sightings
  where run_id in (select run_id from lineage)
  group by page
),
pages as (
  select generate_series(0, last_value / 4096) as page
  from stored_permits_id_seq
),
-- One bit for each permit.
sightings as materialized (
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
        and id <> $1
    ) as before
  from sync_runs
  where id = $1
)
update stored_permits as stored
set
  is_gone = not stored.is_gone,
  last_seen_at = case
    when stored.is_gone then times.now
    else greatest(stored.last_seen_at, times.before)
  end
from sightings, times
where stored.is_gone = (
  stored.written_by_run in (select run_id from lineage)
  or get_bit(sightings.bits, stored.id) = 1
);
