-- Creates tables for the chunk's mapped records and for what the merge does with each of them. A
-- connection keeps them for its next chunk.
create temporary table if not exists incoming (
  position integer not null,
  :definitions,
  extra jsonb not null,
  data_hash bytea not null,
  record_fingerprint uuid,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  first_seen_run bigint not null,
  written_by_run bigint not null,
  written_by_chunk integer not null
) on commit delete rows;

create temporary table if not exists merge_plan (
  -- A primary key, because the planner does not know the number of rows.
  position integer primary key,
  -- updated, unchanged or superseded; or replaces, if it wins over a duplicate this run stored.
  action text not null,
  -- How the record is counted: new, updated, unchanged or superseded.
  outcome text not null
) on commit delete rows;

-- If a chunk is merged in parts, the previous part has left its rows.
delete from incoming;
delete from merge_plan;
