-- Stores those incoming records whose permits nobody has stored yet. Chunks do this side by side: of a key
-- that two of them have, one waits for the other's commit; in the order of the keys, so that no two wait for
-- each other, unless copy-new has stored some before.
insert into stored_permits (
  permit_num, revision_num, permit_type, structure_type, work, street_num, street_name,
  street_type, street_direction, postal, geo_id, ward_grid, application_date, issued_date,
  completed_date, status, description, current_use, proposed_use, dwelling_units_created,
  dwelling_units_lost, est_const_cost, assembly, institutional, residential,
  business_and_personal_services, mercantile, industrial, interior_alterations, demolition,
  builder_name, extra, data_hash, record_fingerprint,
  first_seen_at, last_seen_at, written_by_run, written_by_chunk, written_by_position
)
select
  permit_num, revision_num, permit_type, structure_type, work, street_num, street_name,
  street_type, street_direction, postal, geo_id, ward_grid, application_date, issued_date,
  completed_date, status, description, current_use, proposed_use, dwelling_units_created,
  dwelling_units_lost, est_const_cost, assembly, institutional, residential,
  business_and_personal_services, mercantile, industrial, interior_alterations, demolition,
  builder_name, extra, data_hash, record_fingerprint,
  first_seen_at, last_seen_at, written_by_run, written_by_chunk, position
from incoming
order by permit_num, revision_num, permit_type
on conflict on constraint stored_permits_pkey do nothing;
