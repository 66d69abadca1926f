-- Renames tables and columns to the field's usual terms.

alter table sync_sightings rename to sync_seen;
alter table sync_seen rename constraint sync_sightings_pkey to sync_seen_pkey;
alter table sync_seen rename constraint sync_sightings_chunk_fkey to sync_seen_chunk_fkey;

alter table stored_permits rename column is_gone to is_removed;
alter table stored_permits rename column source_hash to record_fingerprint;
alter index stored_permits_source_hash_idx rename to stored_permits_record_fingerprint_idx;
alter table sync_chunks rename column source_hashes to record_fingerprints;

-- Same as before, but excludes the columns under their new names.
create or replace function permit_fields(permit jsonb) returns jsonb
language sql immutable
return (
  permit - '{
    position, permit_num, revision_num, permit_type, extra, data_hash, record_fingerprint, id,
    is_removed, first_seen_at, last_seen_at, written_by_run, written_by_chunk, written_by_position,
    latitude, longitude, geocoded_at, neighbourhood_id
  }'::text[]
) || coalesce(
  (
    select jsonb_object_agg('extra.' || field.key, field.value::text)
    from jsonb_each(permit -> 'extra') as field
  ),
  '{}'
);
