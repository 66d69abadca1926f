-- Overwrites the permits of the records in chunk $2 of run $1 whose bytes have changed, even if the
-- values are the same, and marks them as seen.
with written as (
  update stored_permits as stored
  set
    :assignments,
    extra = incoming.extra,
    data_hash = incoming.data_hash,
    record_fingerprint = incoming.record_fingerprint,
    last_seen_at = incoming.last_seen_at,
    written_by_run = incoming.written_by_run,
    written_by_chunk = incoming.written_by_chunk,
    written_by_position = incoming.position
  from merge_plan
  join incoming using (position)
  where merge_plan.action <> 'superseded'
    and (stored.permit_num, stored.revision_num, stored.permit_type)
      = (incoming.permit_num, incoming.revision_num, incoming.permit_type)
  returning stored.id
)
insert into sync_seen as seen (run_id, chunk_number, page, bits)
select $1, $2, id / 4096, bit_or(permit_bit(id))
from written
group by id / 4096
on conflict (run_id, chunk_number, page) do update set bits = seen.bits | excluded.bits;
