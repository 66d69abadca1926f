-- Finds the unchanged records of chunk $2 of run $1 by their fingerprints, marks their permits as
-- seen and counts them. Returns the positions of the others, or none if the sample found no
-- unchanged record.
with lineage as (
  select run_lineage($1) as run_id
),
seen as (
  select page, bit_or(bits) as bits
  from sync_seen
  where run_id in (select run_id from lineage)
  group by page
),
-- Looks up every fiftieth record first; if none is unchanged, skips the rest.
sample as (
  select exists (
    select
    from sync_chunks as chunk
    cross join lateral unnest(chunk.record_fingerprints) with ordinality as record (record_fingerprint, position)
    where chunk.run_id = $1
      and chunk.chunk_number = $2
      and record.position % 50 = 1
      and exists (
        select
        from stored_permits
        where stored_permits.record_fingerprint = record.record_fingerprint
        -- Keeps the planner from turning it into a join, which might read the whole table; also
        -- below.
        offset 0
      )
  ) as has_unchanged
),
found as (
  select
    record.position,
    stored.id,
    row_number() over (partition by stored.id order by record.position) as occurrence
  from sync_chunks as chunk
  cross join lateral unnest(chunk.record_fingerprints) with ordinality as record (record_fingerprint, position)
  left join lateral (
    select id
    from stored_permits
    where stored_permits.record_fingerprint = record.record_fingerprint
      and written_by_run not in (select run_id from lineage)
    offset 0
  ) as stored on true
  where chunk.run_id = $1
    and chunk.chunk_number = $2
    and (select has_unchanged from sample)
),
-- A permit that this feed has already had has a duplicate; the merge decides between them.
judged as materialized (
  select
    found.*,
    id is not null
      and occurrence = 1
      and coalesce(get_bit(seen.bits, id % 4096) = 0, true) as is_unchanged
  from found
  left join seen on seen.page = id / 4096
),
marked as (
  insert into sync_seen (run_id, chunk_number, page, bits)
  select $1, $2, id / 4096, bit_or(permit_bit(id))
  from judged
  where is_unchanged
  group by id / 4096
),
counted as (
  update sync_chunks
  set records_unchanged = records_unchanged + (select count(*) from judged where is_unchanged)
  where run_id = $1
    and chunk_number = $2
)
select
  (select has_unchanged from sample) as has_unchanged,
  coalesce(
    array_agg(position::integer order by position) filter (where not is_unchanged),
    '{}'
  ) as others
from judged;
