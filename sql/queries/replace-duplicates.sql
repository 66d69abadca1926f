-- Replaces duplicates that run $1 stored earlier, in another chunk or another batch of this one,
-- and that lose to an incoming record. The result is the same as if the loser had never existed:
-- its history is deleted, the winner is compared with the permit before this run, and the loser's
-- chunk counts it as superseded. overwrite-permits.sql then overwrites the permit.
with replaced as (
  select
    merge_plan.position,
    stored.permit_num,
    stored.revision_num,
    stored.permit_type,
    case
      when stored.written_by_run = $1 then stored.written_by_chunk
      else (
        select min(chunk_number)
        from sync_seen
        where run_id = $1
          and page = stored.id / 4096
          and get_bit(bits, stored.id % 4096) = 1
      )
    end as loser_chunk,
    stored.first_seen_run = $1 as was_new,
    earlier.old_values,
    permit_fields(to_jsonb(stored)) || coalesce(earlier.old_values, '{}') as before_run,
    permit_fields(to_jsonb(incoming)) as after
  from merge_plan
  join incoming using (position)
  join stored_permits as stored using (permit_num, revision_num, permit_type)
  cross join lateral (
    select jsonb_object_agg(history.field_name, history.old_value) as old_values
    from permit_history as history
    where (history.permit_num, history.revision_num, history.permit_type)
        = (stored.permit_num, stored.revision_num, stored.permit_type)
      and history.sync_run_id = $1
  ) as earlier
  where merge_plan.action = 'replaces'
),
taken_back as (
  delete from permit_history as history
  using replaced
  where (history.permit_num, history.revision_num, history.permit_type)
      = (replaced.permit_num, replaced.revision_num, replaced.permit_type)
    and history.sync_run_id = $1
),
changes as (
  select replaced.position, permit_num, revision_num, permit_type, change.*
  from replaced
  cross join lateral changed_fields(replaced.before_run, replaced.after) as change
  where not replaced.was_new
),
recorded as (
  insert into permit_history (
    permit_num, revision_num, permit_type, sync_run_id, field_name, old_value, new_value
  )
  select permit_num, revision_num, permit_type, $1, field_name, old_value, new_value
  from changes
),
losers as (
  select
    loser_chunk,
    count(*) as superseded,
    count(*) filter (where was_new) as new,
    count(*) filter (where not was_new and old_values is not null) as updated,
    count(*) filter (where not was_new and old_values is null) as unchanged
  from replaced
  group by loser_chunk
),
recounted as (
  update sync_chunks as chunk
  set
    records_superseded = records_superseded + losers.superseded,
    records_new = records_new - losers.new,
    records_updated = records_updated - losers.updated,
    records_unchanged = records_unchanged - losers.unchanged
  from losers
  where chunk.run_id = $1
    and chunk.chunk_number = losers.loser_chunk
)
update merge_plan
set outcome = case
    when replaced.was_new then 'new'
    when exists (select from changes where changes.position = replaced.position) then 'updated'
    else 'unchanged'
  end
from replaced
where merge_plan.position = replaced.position;
