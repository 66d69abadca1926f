-- Overwrites the permits that run $1 has in other bytes, also where these mean the same, and notes them;
-- $2 is the chunk number.
with written as (
  update stored_permits as stored
  set
    structure_type = incoming.structure_type,
    work = incoming.work,
    street_num = incoming.street_num,
    street_name = incoming.street_name,
    street_type = incoming.street_type,
    street_direction = incoming.street_direction,
    postal = incoming.postal,
    geo_id = incoming.geo_id,
    ward_grid = incoming.ward_grid,
    application_date = incoming.application_date,
    issued_date = incoming.issued_date,
    completed_date = incoming.completed_date,
    status = incoming.status,
    description = incoming.description,
    current_use = incoming.current_use,
    proposed_use = incoming.proposed_use,
    dwelling_units_created = incoming.dwelling_units_created,
    dwelling_units_lost = incoming.dwelling_units_lost,
    est_const_cost = incoming.est_const_cost,
    assembly = incoming.assembly,
    institutional = incoming.institutional,
    residential = incoming.residential,
    business_and_personal_services = incoming.business_and_personal_services,
    mercantile = incoming.mercantile,
    industrial = incoming.industrial,
    interior_alterations = incoming.interior_alterations,
    demolition = incoming.demolition,
    builder_name = incoming.builder_name,
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
