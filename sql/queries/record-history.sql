-- One history row per changed field of each permit that run $1 is about to update.
insert into permit_history (
  permit_num, revision_num, permit_type, sync_run_id, field_name, old_value, new_value
)
select
  stored.permit_num, stored.revision_num, stored.permit_type, $1,
  change.field_name, change.old_value, change.new_value
from merge_plan
join incoming using (position)
join stored_permits as stored using (permit_num, revision_num, permit_type)
cross join lateral changed_fields(
  permit_fields(to_jsonb(stored)),
  permit_fields(to_jsonb(incoming))
) as change
where merge_plan.action = 'updated';
