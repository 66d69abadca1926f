-- The chunk in hand: its mapped records, and what the merge is going to do with each of them. A
-- connection keeps the tables for the next chunk.
create temporary table if not exists incoming (
  position integer not null,
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
  assembly numeric,
  institutional numeric,
  residential numeric,
  business_and_personal_services numeric,
  mercantile numeric,
  industrial numeric,
  interior_alterations numeric,
  demolition numeric,
  builder_name text,
  extra jsonb not null,
  data_hash bytea not null,
  record_fingerprint uuid,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  written_by_run bigint not null,
  written_by_chunk integer not null
) on commit delete rows;

create temporary table if not exists merge_plan (
  -- A key, since the planner does not know how many rows there are.
  position integer primary key,
  -- updated, unchanged, superseded; or replaces: wins over a duplicate this run stored earlier.
  action text not null,
  -- How the record is counted: new, updated, unchanged or superseded.
  outcome text not null
) on commit delete rows;

-- Of the batch before, if this is half of a chunk.
delete from incoming;
delete from merge_plan;
