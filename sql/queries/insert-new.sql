-- Stores the permits that run $1 sees for the first time; $2 is the chunk number.
insert into stored_permits (
  permit_num, revision_num, permit_type, structure_type, work, street_num, street_name, street_type,
  street_direction, postal, geo_id, ward_grid, application_date, issued_date, completed_date, status,
  description, current_use, proposed_use, dwelling_units_created, dwelling_units_lost, est_const_cost,
  assembly, institutional, residential, business_and_personal_services, mercantile, industrial,
  interior_alterations, demolition, builder_name, extra, data_hash, source_hash,
  first_seen_at, last_seen_at, written_by_run, written_by_chunk
)
select
  permit_num, revision_num, permit_type, structure_type, work, street_num, street_name, street_type,
  street_direction, postal, geo_id, ward_grid, application_date, issued_date, completed_date, status,
  description, current_use, proposed_use, dwelling_units_created, dwelling_units_lost, est_const_cost,
  assembly, institutional, residential, business_and_personal_services, mercantile, industrial,
  interior_alterations, demolition, builder_name, extra, data_hash, source_hash,
  started_at, started_at, run_id, $2
from incoming
join merge_plan using (position)
cross join (select id as run_id, started_at from sync_runs where id = $1) as run
where merge_plan.action = 'new';
