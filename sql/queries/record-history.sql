-- Inserts one history row per changed field of each permit that run $1 is about to update. Columns
-- are compared one by one; only unmapped columns, which few records have, are compared as JSON.
insert into permit_history (
  permit_num, revision_num, permit_type, sync_run_id, field_name, old_value, new_value
)
select
  stored.permit_num, stored.revision_num, stored.permit_type, $1,
  change.field_name, change.old_value, change.new_value
from merge_plan
join incoming using (position)
join stored_permits as stored using (permit_num, revision_num, permit_type)
cross join lateral (
  select *
  from (
    values
      :changes
  ) as field (field_name, old_value, new_value)
  where old_value is distinct from new_value
  union all
  select 'extra.' || key, old_field.value::text, new_field.value::text
  from jsonb_each(stored.extra) as old_field
  full join jsonb_each(incoming.extra) as new_field using (key)
  where stored.extra <> incoming.extra
    and old_field.value is distinct from new_field.value
) as change
where merge_plan.action = 'updated';
