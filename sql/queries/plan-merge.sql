-- Decides the outcome of each incoming record of run $1 whose permit is already stored.
--
-- Among records with the same key, the contents alone decide: the latest issued_date wins, then the
-- latest application_date, then the greatest data_hash. The winner is the same on any day and in
-- any order of the chunks, even if a run was resumed in between.
--
-- A permit whose values differ only because the mapping has changed is unchanged: its record has
-- the same bytes as before, so the fingerprints differ at most in their first byte, the mapping's
-- version. It is overwritten like the others, without history.
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
    incoming.position,
    decision.action,
    decision.action
  from ranked as incoming
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
        when incoming.precedence > 1 then 'superseded'
        -- This feed has already had a record with this key: a duplicate across chunks.
        when had.by_lineage
          and (
            coalesce(incoming.issued_date, '-infinity'),
            coalesce(incoming.application_date, '-infinity'),
            incoming.data_hash
          ) <= (
            coalesce(stored.issued_date, '-infinity'),
            coalesce(stored.application_date, '-infinity'),
            stored.data_hash
          ) then 'superseded'
        when had.by_run then 'replaces'
        when stored.data_hash = incoming.data_hash then 'unchanged'
        when substr(uuid_send(stored.record_fingerprint), 2)
          = substr(uuid_send(incoming.record_fingerprint), 2) then 'unchanged'
        -- Only the spelling and the mapping have changed.
        when stored.extra = incoming.extra
          and not exists (
            select
            from (
              values
                :changes
            ) as field (field_name, old_value, new_value)
            where old_value is distinct from new_value
          ) then 'unchanged'
        else 'updated'
      end as action
  ) as decision
  returning action
)
select distinct action
from planned;
