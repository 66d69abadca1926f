-- On a weekday over 99 % of the records are unchanged. A run that finds a permit unchanged no longer
-- writes to its row: it notes one bit. The permits are a view over the rows that are stored.

alter table permits rename to stored_permits;
alter table stored_permits rename constraint permits_pkey to stored_permits_pkey;
alter table stored_permits
  rename constraint permits_neighbourhood_id_fkey to stored_permits_neighbourhood_id_fkey;

-- The run, and its chunk, that last wrote the row; last_seen_at is that run's start, unless the permit
-- is gone: then it is the start of the last completed run whose feed had it.
alter table stored_permits rename column last_seen_run_id to written_by_run;
alter table stored_permits rename column last_seen_chunk to written_by_chunk;

alter table stored_permits
  -- Numbers the bits of sync_sightings.
  add column id integer generated always as identity,
  -- Over the record's bytes in the feed; see functions/ingest-chunk/hash-source.ts.
  add column source_hash uuid,
  -- The feed of the last completed run did not have it any more. Only a run that completes changes it.
  add column is_gone boolean not null default false;

create index stored_permits_source_hash_idx on stored_permits (source_hash);

update stored_permits
set is_gone = true
where written_by_run not in (
  select run_lineage(id)
  from (
    select id
    from sync_runs
    where status = 'completed'
    order by started_at desc
    limit 1
  ) as last_completed
);

-- Which permits a chunk found unchanged: those whose bit is set, 4,096 a page. Bit i of page p is the
-- permit with the id 4096 p + i. Gone when the run completes.
create table sync_sightings (
  run_id bigint not null,
  chunk_number integer not null,
  page integer not null,
  bits bit(4096) not null,
  constraint sync_sightings_pkey primary key (run_id, chunk_number, page),
  constraint sync_sightings_chunk_fkey
    foreign key (run_id, chunk_number) references sync_chunks (run_id, chunk_number) on delete cascade
);

-- The permits as the City's feed last had them. What other processes fill can be updated through it.
create view permits as
select
  permit_num, revision_num, permit_type, structure_type, work, street_num, street_name, street_type,
  street_direction, postal, geo_id, ward_grid, application_date, issued_date, completed_date, status,
  description, current_use, proposed_use, dwelling_units_created, dwelling_units_lost, est_const_cost,
  assembly, institutional, residential, business_and_personal_services, mercantile, industrial,
  interior_alterations, demolition, builder_name, extra, data_hash, first_seen_at,
  -- The start of the last run whose feed had the permit; of one that is under way or has failed, only
  -- if it changed the permit.
  case
    when is_gone then last_seen_at
    else greatest(
      last_seen_at,
      (select max(started_at) from sync_runs where sync_runs.status = 'completed')
    )
  end as last_seen_at,
  -- The feed of the last completed run had it.
  not is_gone
    and first_seen_at <= (select max(started_at) from sync_runs where sync_runs.status = 'completed')
    as in_feed,
  latitude, longitude, geocoded_at, neighbourhood_id
from stored_permits;

create or replace function permit_fields(permit jsonb) returns jsonb
language sql immutable
return (
  permit - '{
    position, permit_num, revision_num, permit_type, extra, data_hash, source_hash, id, is_gone,
    first_seen_at, last_seen_at, written_by_run, written_by_chunk, latitude, longitude, geocoded_at,
    neighbourhood_id
  }'::text[]
) || coalesce(
  (
    select jsonb_object_agg('extra.' || field.key, field.value::text)
    from jsonb_each(permit -> 'extra') as field
  ),
  '{}'
);
