-- Decides what becomes of each incoming record of run $1.
--
-- Of records with the same key the winner follows from their contents alone: the latest issued_date,
-- then application_date, then data_hash. So it is the same on every day and in whatever order the
-- chunks arrive, also when a run was resumed in between.
with ranked as (
  select
    incoming.*,
    row_number() over (
      partition by permit_num, revision_num, permit_type
      order by
        coalesce(issued_date, '-infinity') desc,
        coalesce(application_date, '-infinity') desc,
        data_hash desc
    ) as precedence
  from incoming
),
planned as (
  insert into merge_plan (position, action, outcome)
  select
    ranked.position,
    decision.action,
    decision.action
  from ranked
  left join permits as stored using (permit_num, revision_num, permit_type)
  cross join lateral (
    select
      case
        when ranked.precedence > 1 then 'superseded'
        when stored.permit_num is null then 'new'
        -- This feed has brought a record with this key already: a duplicate across chunks.
        when stored.last_seen_run_id in (select run_lineage($1))
          and (
            coalesce(ranked.issued_date, '-infinity'),
            coalesce(ranked.application_date, '-infinity'),
            ranked.data_hash
          ) <= (
            coalesce(stored.issued_date, '-infinity'),
            coalesce(stored.application_date, '-infinity'),
            stored.data_hash
          ) then 'superseded'
        when stored.last_seen_run_id = $1 then 'replaces'
        when stored.data_hash = ranked.data_hash then 'unchanged'
        else 'updated'
      end as action
  ) as decision
  returning action
)
select action, count(*)::integer as records
from planned
group by action;
