-- Decides the outcome of each incoming record of run $1 whose permit is already stored.
--
-- Among records with the same key, the contents alone decide: the latest issued_date wins, then the
-- latest application_date, then the greatest data_hash. The winner is the same on any day and in
-- any order of the chunks, even if a run was resumed in between.
with seen as (
  select
    page,
    bit_or(bits) as bits,
    bit_or(bits) filter (where run_id = $1) as own_bits
  from sync_seen
  where run_id in (select run_lineage($1))
  group by page
),
ranked as (
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
  join stored_permits as stored using (permit_num, revision_num, permit_type)
  left join seen on seen.page = stored.id / 4096
  cross join lateral (
    select
      stored.written_by_run in (select run_lineage($1))
        or coalesce(get_bit(seen.bits, stored.id % 4096) = 1, false) as by_lineage,
      stored.written_by_run = $1
        or coalesce(get_bit(seen.own_bits, stored.id % 4096) = 1, false) as by_run
  ) as had
  cross join lateral (
    select
      case
        when ranked.precedence > 1 then 'superseded'
        -- This feed has already had a record with this key: a duplicate across chunks.
        when had.by_lineage
          and (
            coalesce(ranked.issued_date, '-infinity'),
            coalesce(ranked.application_date, '-infinity'),
            ranked.data_hash
          ) <= (
            coalesce(stored.issued_date, '-infinity'),
            coalesce(stored.application_date, '-infinity'),
            stored.data_hash
          ) then 'superseded'
        when had.by_run then 'replaces'
        when stored.data_hash = ranked.data_hash then 'unchanged'
        else 'updated'
      end as action
  ) as decision
  returning action
)
select distinct action
from planned;
