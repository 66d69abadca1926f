-- Marks as removed the permits that the feed of run $1 no longer has, unless it is partial ($2),
-- and unmarks those that are back; records both in the history. A permit that a failed run stored
-- is not in the feed yet: if this feed lacks it, it never was, and has no history.
with lineage as (
  select run_lineage($1) as run_id
),
-- A reject with a readable key was in the feed; its last good values stay.
rejected as (
  select stored.id
  from sync_rejects as reject
  join stored_permits as stored using (permit_num, revision_num, permit_type)
  where reject.run_id in (select run_id from lineage)
),
seen as (
  select page, bit_or(bits) as bits
  from sync_seen
  where run_id in (select run_id from lineage)
  group by page
),
pages as (
  select generate_series(0, last_value / 4096) as page
  from stored_permits_id_seq
),
-- One bit per permit.
seen_bits as materialized (
  select
    string_agg(coalesce(bits, repeat('0', 4096)::bit(4096))::text, '' order by page)::varbit as bits
  from pages
  left join seen using (page)
),
own as (
  select started_at
  from sync_runs
  where id = $1
),
last_completed as (
  select coalesce(max(id), 0) as id
  from sync_runs
  where status = 'completed'
    and not dry_run
),
last_whole as (
  select coalesce(max(id), 0) as id, (array_agg(started_at order by id desc))[1] as started_at
  from sync_runs
  where status = 'completed'
    and not dry_run
    and not partial
),
changed as (
  update stored_permits as stored
  set
    is_removed = not stored.is_removed,
    last_seen_at = case
      when stored.is_removed then own.started_at
      when stored.written_by_run > last_whole.id then stored.last_seen_at
      else last_whole.started_at
    end,
    -- The run that last_seen_at belongs to.
    written_by_run = case when stored.is_removed then $1 else stored.written_by_run end
  from seen_bits, own, last_completed, last_whole
  where (stored.is_removed or not $2 or stored.first_seen_run > last_completed.id)
    and stored.is_removed = (
      stored.written_by_run in (select run_id from lineage)
      or get_bit(seen_bits.bits, stored.id) = 1
      or stored.id in (select id from rejected)
    )
  returning
    stored.permit_num, stored.revision_num, stored.permit_type, stored.is_removed,
    stored.first_seen_run > last_completed.id as was_never_in_feed
),
recorded as (
  insert into permit_history (
    permit_num, revision_num, permit_type, sync_run_id, field_name, old_value, new_value
  )
  select
    permit_num, revision_num, permit_type, $1, 'in_feed', is_removed::text, (not is_removed)::text
  from changed
  where not (is_removed and was_never_in_feed)
  returning new_value
)
select
  count(*) filter (where new_value = 'false')::integer as records_removed,
  count(*) filter (where new_value = 'true')::integer as records_returned
from recorded;
