-- Presence is history, runs are ordered by id, and a run says what is doubtful.

alter table sync_runs
  -- Where the feed came from; null for runs before this migration and for refused triggers.
  add column source text
    constraint sync_runs_source_known check (source in ('city', 'made_up', 'file', 'url', 'object')),
  -- The run that fetched the feed: an earlier one if the run was resumed or read a stored feed.
  add column feed_run bigint constraint sync_runs_feed_run_fkey references sync_runs (id),
  add column feed_at timestamptz,
  -- The feed was accepted although a later one has been stored.
  add column accept_outdated boolean not null default false,
  -- The feed was only checked; nothing was stored.
  add column dry_run boolean not null default false,
  -- Permits that left the feed, and permits that came back.
  add column records_removed integer not null default 0,
  add column records_returned integer not null default 0,
  -- What is doubtful: a list of {"code", "message", …}.
  add column warnings jsonb not null default '[]'
    constraint sync_runs_warnings_is_list check (jsonb_typeof(warnings) = 'array'),
  -- By the function's own clock, which never jumps.
  add column download_ms bigint;

alter table sync_chunks
  -- By the function's own clock, which never jumps.
  add column duration_ms bigint;

-- The first in a chain of resumed runs fetched their feed.
update sync_runs as run
set (feed_run, feed_at) = (
  select id, started_at
  from sync_runs
  where id = (select min(id) from run_lineage(run.id) as id)
)
where chunks_total is not null;

-- Whether a run has stored at least one chunk.
create function run_has_stored(bigint) returns boolean
language sql stable
begin atomic
  select exists (
    select
    from sync_chunks
    where run_id = $1
      and status = 'done'
  );
end;

-- Run numbers have no gaps: a sequence loses numbers to conflicts and to crashes of the server.
create function number_run() returns trigger
language plpgsql
as $$
begin
  perform pg_advisory_xact_lock(hashtext('number-run'));
  new.id := (select coalesce(max(id), 0) + 1 from sync_runs);
  return new;
end
$$;

create trigger number_run before insert on sync_runs
for each row execute function number_run();

-- A permit exists from this run on.
alter table stored_permits add column first_seen_run bigint;

update stored_permits
set first_seen_run = coalesce(run.id, least(written_by_run, (select min(id) from sync_runs)))
from (select distinct first_seen_at from stored_permits) as seen
left join lateral (
  select id
  from sync_runs
  where started_at <= seen.first_seen_at
  order by started_at desc, id
  limit 1
) as run on true
where stored_permits.first_seen_at = seen.first_seen_at;

alter table stored_permits alter column first_seen_run set not null;

-- A permit that is not in the feed left it with the first whole run after the last that had it.
insert into permit_history (
  permit_num, revision_num, permit_type, sync_run_id, field_name, old_value, new_value, changed_at
)
select permit_num, revision_num, permit_type, run.id, 'in_feed', 'true', 'false', run.completed_at
from stored_permits
cross join lateral (
  select id, completed_at
  from sync_runs
  where status = 'completed'
    and not partial
    and started_at > stored_permits.last_seen_at
  order by started_at
  limit 1
) as run
where is_removed;

-- Same as before, but excludes first_seen_run.
create or replace function permit_fields(permit jsonb) returns jsonb
language sql immutable
return (
  permit - '{
    position, permit_num, revision_num, permit_type, extra, data_hash, record_fingerprint, id,
    is_removed, first_seen_at, first_seen_run, last_seen_at, written_by_run, written_by_chunk,
    written_by_position, latitude, longitude, geocoded_at, neighbourhood_id
  }'::text[]
) || coalesce(
  (
    select jsonb_object_agg('extra.' || field.key, field.value::text)
    from jsonb_each(permit -> 'extra') as field
  ),
  '{}'
);

-- Only a whole feed says when a permit was last seen. A permit that a failed run stored enters the
-- feed with the next completed run that has it.
create or replace view permits as
select
  permit_num, revision_num, permit_type, structure_type, work, street_num, street_name, street_type,
  street_direction, postal, geo_id, ward_grid, application_date, issued_date, completed_date, status,
  description, current_use, proposed_use, dwelling_units_created, dwelling_units_lost, est_const_cost,
  assembly, institutional, residential, business_and_personal_services, mercantile, industrial,
  interior_alterations, demolition, builder_name, extra, data_hash, first_seen_at,
  -- The start of the last run whose feed had the permit; of one that is running or has failed, or
  -- whose feed was partial, only if it changed the permit.
  case
    when is_removed
      or written_by_run > coalesce(
        (
          select max(id)
          from sync_runs
          where sync_runs.status = 'completed'
            and not partial
            and not dry_run
        ),
        0
      )
    then last_seen_at
    else (
      select started_at
      from sync_runs
      where sync_runs.status = 'completed'
        and not partial
        and not dry_run
      order by id desc
      limit 1
    )
  end as last_seen_at,
  not is_removed
    and first_seen_run <= coalesce(
      (select max(id) from sync_runs where sync_runs.status = 'completed' and not dry_run),
      0
    ) as in_feed,
  latitude, longitude, geocoded_at, neighbourhood_id, first_seen_run
from stored_permits;

-- The permits as they were when run $1 had ended, completed or failed. data_hash and last_seen_at are
-- null; what other processes fill is as it is today.
create function permits_as_of_run(bigint) returns setof permits
language sql stable
as $$
  with field as (
    select
      permit_num, revision_num, permit_type, field_name,
      (array_agg(old_value order by sync_run_id, id))[1] as value
    from permit_history
    where sync_run_id > $1
    group by permit_num, revision_num, permit_type, field_name
  ),
  earlier as (
    select
      permit_num, revision_num, permit_type,
      coalesce(jsonb_object_agg(field_name, value) filter (where not is_extra), '{}') as fields,
      coalesce(jsonb_object_agg(name, value::jsonb) filter (where is_extra), '{}') as extra,
      coalesce(array_agg(name) filter (where is_extra and value is null), '{}') as not_in_extra
    from field
    cross join lateral (
      select starts_with(field_name, 'extra.') as is_extra, substr(field_name, 7) as name
    ) as extra
    group by permit_num, revision_num, permit_type
  )
  select permit.*
  from permits
  left join earlier using (permit_num, revision_num, permit_type)
  cross join lateral jsonb_populate_record(
    permits,
    coalesce(earlier.fields, '{}') || jsonb_build_object(
      'extra', (permits.extra || coalesce(earlier.extra, '{}')) - coalesce(not_in_extra, '{}'),
      'in_feed',
      coalesce(earlier.fields ->> 'in_feed', permits.in_feed::text) = 'true'
        and permits.first_seen_run <= coalesce(
          (select max(id) from sync_runs where status = 'completed' and not dry_run and id <= $1),
          0
        ),
      'data_hash', null,
      'last_seen_at', null
    )
  ) as permit
  where permits.first_seen_run <= $1
$$;

-- The permits as of a time: as of the last run that had ended by then.
create function permits_as_of(timestamptz) returns setof permits
language sql stable
as $$
  select *
  from permits_as_of_run((select coalesce(max(id), 0) from sync_runs where completed_at <= $1))
$$;

-- Each change of a permit with its run; field in_feed says that a permit left or came back.
create view permit_changes as
select
  history.id, history.permit_num, history.revision_num, history.permit_type, history.field_name,
  history.old_value, history.new_value, history.changed_at, run.id as run_id,
  run.status as run_status, run.started_at as run_started_at
from permit_history as history
join sync_runs as run on run.id = history.sync_run_id;

-- The permits that are not in the feed now, and when they left it; the run is null if no completed
-- run has ever had the permit.
create view permits_removed as
select
  permits.permit_num, permits.revision_num, permits.permit_type, permits.status,
  permits.first_seen_at, permits.last_seen_at, removed.run_id, removed.removed_at
from permits
left join lateral (
  select sync_run_id as run_id, changed_at as removed_at
  from permit_history as history
  where (history.permit_num, history.revision_num, history.permit_type)
      = (permits.permit_num, permits.revision_num, permits.permit_type)
    and field_name = 'in_feed'
  order by sync_run_id desc, id desc
  limit 1
) as removed on true
where not permits.in_feed;

-- Through the view, only what other processes fill can be updated, whoever asks.
create function update_permit() returns trigger
language plpgsql security definer
set search_path from current
as $$
declare
  filled constant text[] := '{latitude, longitude, geocoded_at, neighbourhood_id}';
begin
  if to_jsonb(new) - filled is distinct from to_jsonb(old) - filled then
    raise exception 'Only % of permits can be updated: its other columns come from the City''s feed',
      array_to_string(filled, ', ')
      using errcode = 'insufficient_privilege',
        hint = 'Keep your own data in a table of your own, with the permit''s key.';
  end if;
  -- Only what changes: another process may have just written the others.
  update stored_permits as stored
  set
    latitude = case
      when new.latitude is distinct from old.latitude then new.latitude else stored.latitude
    end,
    longitude = case
      when new.longitude is distinct from old.longitude then new.longitude else stored.longitude
    end,
    geocoded_at = case
      when new.geocoded_at is distinct from old.geocoded_at then new.geocoded_at
      else stored.geocoded_at
    end,
    neighbourhood_id = case
      when new.neighbourhood_id is distinct from old.neighbourhood_id then new.neighbourhood_id
      else stored.neighbourhood_id
    end
  where (permit_num, revision_num, permit_type)
    = (old.permit_num, old.revision_num, old.permit_type);
  return new;
end
$$;

create trigger update_permit instead of update on permits
for each row execute function update_permit();

create function refuse_permit() returns trigger
language plpgsql
as $$
begin
  raise exception 'Permits come from the City''s feed: none can be inserted or deleted'
    using errcode = 'insufficient_privilege';
end
$$;

create trigger refuse_permit instead of insert or delete on permits
for each row execute function refuse_permit();
