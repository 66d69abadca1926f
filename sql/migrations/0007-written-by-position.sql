-- Which record of its chunk last wrote a permit: chunks insert new permits side by side, and each has to
-- tell which of its records have become one. Null for those written before.
alter table stored_permits add column written_by_position integer;

create or replace function permit_fields(permit jsonb) returns jsonb
language sql immutable
return (
  permit - '{
    position, permit_num, revision_num, permit_type, extra, data_hash, source_hash, id, is_gone,
    first_seen_at, last_seen_at, written_by_run, written_by_chunk, written_by_position, latitude,
    longitude, geocoded_at, neighbourhood_id
  }'::text[]
) || coalesce(
  (
    select jsonb_object_agg('extra.' || field.key, field.value::text)
    from jsonb_each(permit -> 'extra') as field
  ),
  '{}'
);
