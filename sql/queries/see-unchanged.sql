-- $3 are source hashes of records of chunk $2 of run $1. Notes which permits were stored from the same
-- bytes and counts them. Gives back the places (from 1) in $3 of those that no permit has.
with lineage as (
  select run_lineage($1) as run_id
),
seen as (
  select page, bit_or(bits) as bits
  from sync_sightings
  where run_id in (select run_id from lineage)
  group by page
),
found as materialized (
  select
    hash.place,
    stored.id,
    -- The same record twice in a feed counts once.
    stored.written_by_run in (select run_id from lineage)
      or coalesce(get_bit(seen.bits, stored.id % 4096) = 1, false)
      or row_number() over (partition by stored.id order by hash.place) > 1 as is_duplicate
  from unnest($3::uuid[]) with ordinality as hash (source_hash, place)
  left join lateral (
    select id, written_by_run
    from stored_permits
    where stored_permits.source_hash = hash.source_hash
    offset 0
  ) as stored on true
  left join seen on seen.page = stored.id / 4096
),
noted as (
  insert into sync_sightings (run_id, chunk_number, page, bits)
  select $1, $2, id / 4096, bit_or(set_bit(repeat('0', 4096)::bit(4096), id % 4096, 1))
  from found
  where not is_duplicate
  group by id / 4096
),
counted as (
  update sync_chunks
  set
    records_unchanged = records_unchanged
      + (select count(*) from found where not is_duplicate and id is not null),
    records_superseded = records_superseded
      + (select count(*) from found where is_duplicate and id is not null)
  where run_id = $1
    and chunk_number = $2
)
select place::integer
from found
where id is null;
