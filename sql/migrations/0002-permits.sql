-- The permits as the City's feed last had them, and each change field by field.

create table permits (
  -- The natural key, verbatim: trailing spaces belong to it, and two parts are not unique
  -- (a "Conditional Permit" stands beside the real one).
  permit_num text not null,
  revision_num text not null,
  permit_type text not null,

  structure_type text,
  work text,
  street_num text,
  street_name text,
  street_type text,
  street_direction text,
  postal text,
  geo_id text,
  ward_grid text,
  application_date date,
  issued_date date,
  completed_date date,
  status text,
  description text,
  current_use text,
  proposed_use text,
  dwelling_units_created integer,
  dwelling_units_lost integer,
  est_const_cost numeric,
  -- Areas in square metres.
  assembly numeric,
  institutional numeric,
  residential numeric,
  business_and_personal_services numeric,
  mercantile numeric,
  industrial numeric,
  interior_alterations numeric,
  demolition numeric,
  builder_name text,
  -- Columns the City added and nobody has mapped yet, under the City's names.
  extra jsonb not null default '{}',

  -- SHA-256 over exactly the columns above.
  data_hash bytea not null,
  first_seen_at timestamptz not null,
  -- The start of the last run whose feed had the permit, and which chunk of that run brought it.
  -- No foreign key: checking it would cost a look-up for each record of each run.
  last_seen_at timestamptz not null,
  last_seen_run_id bigint not null,
  last_seen_chunk integer not null,

  -- Filled by other processes; the sync never writes them.
  latitude double precision,
  longitude double precision,
  geocoded_at timestamptz,
  neighbourhood_id integer,

  constraint permits_pkey primary key (permit_num, revision_num, permit_type)
);

create index permits_status_idx on permits (status);
create index permits_permit_type_idx on permits (permit_type);
create index permits_issued_date_idx on permits (issued_date);
create index permits_builder_name_idx on permits (builder_name) where builder_name is not null;

-- One row per changed field of an updated permit, none for a new one.
create table permit_history (
  id bigint generated always as identity primary key,
  permit_num text not null,
  revision_num text not null,
  permit_type text not null,
  sync_run_id bigint not null constraint permit_history_sync_run_id_fkey references sync_runs (id),
  -- The permits column, or "extra." and the City's name of an unmapped one, whose values are JSON.
  field_name text not null,
  old_value text,
  new_value text,
  changed_at timestamptz not null default now()
);

create index permit_history_permit_idx
  on permit_history (permit_num, revision_num, permit_type, changed_at);
create index permit_history_sync_run_id_idx on permit_history (sync_run_id);

-- What the feed says about a permit, flat: {"status": "Inspection", …, "extra.NEW_COLUMN": …}, where
-- an unmapped column's value is its JSON text. Takes a row of permits or one with the same columns.
create function permit_fields(permit jsonb) returns jsonb
language sql immutable
return (
  permit - '{
    position, permit_num, revision_num, permit_type, extra, data_hash, first_seen_at, last_seen_at,
    last_seen_run_id, last_seen_chunk, latitude, longitude, geocoded_at, neighbourhood_id
  }'::text[]
) || coalesce(
  (
    select jsonb_object_agg('extra.' || field.key, field.value::text)
    from jsonb_each(permit -> 'extra') as field
  ),
  '{}'
);

-- The fields in which two results of permit_fields differ.
create function changed_fields(before jsonb, after jsonb)
returns table (field_name text, old_value text, new_value text)
language sql immutable
begin atomic
  select key, old_field.value, new_field.value
  from jsonb_each_text(before) as old_field
  full join jsonb_each_text(after) as new_field using (key)
  where old_field.value is distinct from new_field.value;
end;
