-- The audit of every sync: one row per trigger, one per chunk of 5,000 records, one per record that
-- could not be stored.

create table sync_runs (
  id bigint generated always as identity primary key,
  -- The Cloud Workflows execution that owns the run: a retried call finds its run by it.
  execution_id text not null constraint sync_runs_execution_id_key unique,
  trigger text not null
    constraint sync_runs_trigger_known check (trigger in ('schedule', 'pubsub', 'api', 'manual')),
  -- The Pub/Sub message that started the run: delivered twice, it is one run all the same.
  message_id text constraint sync_runs_message_id_key unique,
  -- What was synced in place of the City's feed.
  file_path text,
  started_at timestamptz not null default clock_timestamp(),
  completed_at timestamptz,
  status text not null default 'running'
    constraint sync_runs_status_known check (status in ('running', 'completed', 'failed')),
  records_total integer not null default 0,
  records_new integer not null default 0,
  records_updated integer not null default 0,
  records_unchanged integer not null default 0,
  records_errors integer not null default 0,
  records_superseded integer not null default 0,
  chunks_total integer,
  error_message text,
  snapshot_path text,
  duration_ms bigint,
  resumed_from bigint constraint sync_runs_resumed_from_fkey references sync_runs (id),
  constraint sync_runs_closed_has_end
    check ((status = 'running') = (completed_at is null) and (completed_at is null) = (duration_ms is null)),
  constraint sync_runs_failed_has_message check (status <> 'failed' or error_message is not null),
  -- What the run has accounted for; what the feed holds is the sum of its chunks' record_count.
  constraint sync_runs_adds_up check (
    records_total
      = records_new + records_updated + records_unchanged + records_errors + records_superseded
  )
);

-- At most one run at a time, whoever starts it.
create unique index sync_runs_one_running on sync_runs (status) where status = 'running';
create index sync_runs_started_at_idx on sync_runs (started_at desc);

-- A run and the runs it resumes: together they went through one feed.
create function run_lineage(run_id bigint) returns setof bigint
language sql stable
begin atomic
  with recursive lineage as (
    select id, resumed_from
    from sync_runs
    where id = run_id
    union all
    select earlier.id, earlier.resumed_from
    from sync_runs as earlier
    join lineage on lineage.resumed_from = earlier.id
  )
  select id from lineage;
end;

create table sync_chunks (
  run_id bigint not null constraint sync_chunks_run_id_fkey references sync_runs (id) on delete cascade,
  chunk_number integer not null constraint sync_chunks_number_positive check (chunk_number > 0),
  -- The chunk's records are the bytes [byte_start, byte_end) of the run's feed object.
  byte_start bigint not null,
  byte_end bigint not null,
  record_count integer not null,
  status text not null default 'pending'
    constraint sync_chunks_status_known check (status in ('pending', 'done')),
  records_new integer not null default 0,
  records_updated integer not null default 0,
  records_unchanged integer not null default 0,
  records_errors integer not null default 0,
  records_superseded integer not null default 0,
  error text,
  done_at timestamptz,
  constraint sync_chunks_pkey primary key (run_id, chunk_number),
  constraint sync_chunks_range_ordered check (byte_start < byte_end),
  constraint sync_chunks_done_adds_up check (
    status <> 'done'
    or record_count
      = records_new + records_updated + records_unchanged + records_errors + records_superseded
  )
);

create table sync_rejects (
  id bigint generated always as identity primary key,
  run_id bigint not null,
  chunk_number integer not null,
  -- 1 for the first record of the chunk.
  position integer not null,
  permit_num text,
  revision_num text,
  permit_type text,
  reason text not null,
  -- The record as the feed had it.
  record text not null,
  constraint sync_rejects_chunk_fkey
    foreign key (run_id, chunk_number) references sync_chunks (run_id, chunk_number) on delete cascade,
  constraint sync_rejects_position_key unique (run_id, chunk_number, position)
);
