-- Stores the records of a chunk and its counts. What other processes fill in permits is theirs.
grant temporary on database :"DBNAME" to :"user";

grant select on sync_runs to :"user";
-- Locking a row takes the right to update one of its columns. The id can be set to nothing but the
-- next number, and not while a chunk names it.
grant update (id) on sync_runs to :"user";

grant select on sync_chunks to :"user";
grant update (
  status, done_at, record_begins, record_ends, record_fingerprints, records_new, records_updated,
  records_unchanged, records_errors, records_superseded
) on sync_chunks to :"user";

grant insert on sync_rejects to :"user";

grant select, insert, update (bits) on sync_seen to :"user";

grant select on stored_permits to :"user";
grant insert (
  permit_num, revision_num, permit_type, structure_type, work, street_num, street_name, street_type,
  street_direction, postal, geo_id, ward_grid, application_date, issued_date, completed_date, status,
  description, current_use, proposed_use, dwelling_units_created, dwelling_units_lost, est_const_cost,
  assembly, institutional, residential, business_and_personal_services, mercantile, industrial,
  interior_alterations, demolition, builder_name, extra, data_hash, record_fingerprint,
  first_seen_at, last_seen_at, written_by_run, written_by_chunk, written_by_position
) on stored_permits to :"user";
grant update (
  structure_type, work, street_num, street_name, street_type, street_direction, postal, geo_id,
  ward_grid, application_date, issued_date, completed_date, status, description, current_use,
  proposed_use, dwelling_units_created, dwelling_units_lost, est_const_cost, assembly, institutional,
  residential, business_and_personal_services, mercantile, industrial, interior_alterations,
  demolition, builder_name, extra, data_hash, record_fingerprint, last_seen_at, written_by_run,
  written_by_chunk, written_by_position
) on stored_permits to :"user";

-- A duplicate that loses takes its history back.
grant select, insert, delete on permit_history to :"user";
