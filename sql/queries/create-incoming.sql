-- The chunk's mapped records, and what the merge does with each of them. A connection keeps the tables
-- for its next chunk.
create temporary table if not exists incoming (
  position integer not null,
  :definitions,
  extra jsonb not null,
  data_hash bytea not null,
  record_fingerprint uuid,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  written_by_run bigint not null,
  written_by_chunk integer not null
) on commit delete rows;

create temporary table if not exists merge_plan (
  -- A key, because the planner does not know how many rows there are.
  position integer primary key,
  -- updated, unchanged, superseded; or replaces: wins over a duplicate this run stored earlier.
  action text not null,
  -- How the record is counted: new, updated, unchanged or superseded.
  outcome text not null
) on commit delete rows;

-- The batch before this one leaves rows behind when this is half of a chunk.
delete from incoming;
delete from merge_plan;
