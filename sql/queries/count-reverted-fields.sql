-- How many fields run $1 has changed, and how many of them went back to the value that they had
-- before their previous change.
select
  count(*)::integer as changed,
  count(previous.id) filter (
    where previous.old_value is not distinct from change.new_value
      and previous.new_value is not distinct from change.old_value
  )::integer as reverted
from permit_history as change
left join lateral (
  select id, old_value, new_value
  from permit_history as earlier
  where (earlier.permit_num, earlier.revision_num, earlier.permit_type)
      = (change.permit_num, change.revision_num, change.permit_type)
    and earlier.field_name = change.field_name
    and earlier.id < change.id
  order by id desc
  limit 1
) as previous on true
where change.sync_run_id = $1
  and change.field_name <> 'in_feed';
