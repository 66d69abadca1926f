-- One history row per changed field of each permit that run $1 is about to update. The columns are
-- compared one by one; only unmapped columns, which few records have, go through JSON.
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
      ('structure_type', stored.structure_type, incoming.structure_type),
      ('work', stored.work, incoming.work),
      ('street_num', stored.street_num, incoming.street_num),
      ('street_name', stored.street_name, incoming.street_name),
      ('street_type', stored.street_type, incoming.street_type),
      ('street_direction', stored.street_direction, incoming.street_direction),
      ('postal', stored.postal, incoming.postal),
      ('geo_id', stored.geo_id, incoming.geo_id),
      ('ward_grid', stored.ward_grid, incoming.ward_grid),
      ('application_date', stored.application_date::text, incoming.application_date::text),
      ('issued_date', stored.issued_date::text, incoming.issued_date::text),
      ('completed_date', stored.completed_date::text, incoming.completed_date::text),
      ('status', stored.status, incoming.status),
      ('description', stored.description, incoming.description),
      ('current_use', stored.current_use, incoming.current_use),
      ('proposed_use', stored.proposed_use, incoming.proposed_use),
      (
        'dwelling_units_created',
        stored.dwelling_units_created::text,
        incoming.dwelling_units_created::text
      ),
      ('dwelling_units_lost', stored.dwelling_units_lost::text, incoming.dwelling_units_lost::text),
      ('est_const_cost', stored.est_const_cost::text, incoming.est_const_cost::text),
      ('assembly', stored.assembly::text, incoming.assembly::text),
      ('institutional', stored.institutional::text, incoming.institutional::text),
      ('residential', stored.residential::text, incoming.residential::text),
      (
        'business_and_personal_services',
        stored.business_and_personal_services::text,
        incoming.business_and_personal_services::text
      ),
      ('mercantile', stored.mercantile::text, incoming.mercantile::text),
      ('industrial', stored.industrial::text, incoming.industrial::text),
      ('interior_alterations', stored.interior_alterations::text, incoming.interior_alterations::text),
      ('demolition', stored.demolition::text, incoming.demolition::text),
      ('builder_name', stored.builder_name, incoming.builder_name)
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
