-- Run $1 saw these permits in other bytes, which mean the same, and notes them; $2 is the chunk number.
with written as (
  update stored_permits as stored
  set
    source_hash = incoming.source_hash,
    last_seen_at = run.started_at,
    written_by_run = run.id,
    written_by_chunk = $2,
    written_by_position = incoming.position
  from merge_plan
  join incoming using (position)
  join sync_runs as run on run.id = $1
  where merge_plan.action = 'unchanged'
    and (stored.permit_num, stored.revision_num, stored.permit_type)
      = (incoming.permit_num, incoming.revision_num, incoming.permit_type)
  returning stored.id
)
insert into sync_sightings as sighting (run_id, chunk_number, page, bits)
select $1, $2, id / 4096, bit_or(permit_bit(id))
from written
group by id / 4096
on conflict (run_id, chunk_number, page) do update set bits = sighting.bits | excluded.bits;
