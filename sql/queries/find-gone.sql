-- Run $1 completes: finds which permits its feed no longer had, and which it had again. It writes nothing,
-- so that PostgreSQL can read the permits on several cores.
with seen as (
  select page, bit_or(bits) as bits
  from sync_sightings
  where run_id in (select run_lineage($1))
  group by page
),
pages as (
  select generate_series(0, last_value / 4096) as page
  from stored_permits_id_seq
)
select
  array_agg(permit_num) as permit_nums,
  array_agg(revision_num) as revision_nums,
  array_agg(permit_type) as permit_types
from stored_permits
where is_gone = (
  written_by_run = any (array(select run_lineage($1)))
  or get_bit(
    -- One bit for each permit.
    (
      select string_agg(coalesce(bits, repeat('0', 4096)::bit(4096))::text, '' order by page)::varbit
      from pages
      left join seen using (page)
    ),
    id
  ) = 1
);
