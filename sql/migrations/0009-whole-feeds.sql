-- A run says whether its feed was the whole one and what was accepted, and why it failed.

alter table sync_runs
  -- How many records the whole feed had; a resumed run ingests only the chunks that were left.
  add column feed_records integer,
  -- The feed is only a part of the City's: its permits are stored, and no other is marked as removed.
  add column partial boolean not null default false,
  -- The feed was accepted however small it is.
  add column accept_shrink boolean not null default false,
  add column error_code text,
  -- What to do about the failure.
  add column error_hint text;

-- The first in a chain of resumed runs has every chunk of their feed.
update sync_runs
set feed_records = (
  select sum(record_count)
  from sync_chunks
  where run_id = (select min(id) from run_lineage(sync_runs.id) as id)
)
where chunks_total is not null;

update sync_runs
set error_code = substring(error_message from '^([a-z]+(?:_[a-z]+)*): ')
where error_message is not null;

-- Only a whole feed says when a permit was last seen.
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
    when is_removed then last_seen_at
    else greatest(
      last_seen_at,
      (
        select max(started_at)
        from sync_runs
        where sync_runs.status = 'completed'
          and not partial
      )
    )
  end as last_seen_at,
  not is_removed
    and first_seen_at <= (select max(started_at) from sync_runs where sync_runs.status = 'completed')
    as in_feed,
  latitude, longitude, geocoded_at, neighbourhood_id
from stored_permits;
