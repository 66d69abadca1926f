-- Run $1 completes: notes of the permits with the keys ($2, $3, $4) that they have gone or, if they had,
-- are back.
with times as (
  select
    started_at as now,
    (
      select max(started_at)
      from sync_runs
      where status = 'completed'
        and id <> $1
    ) as before
  from sync_runs
  where id = $1
)
update stored_permits as stored
set
  is_gone = not stored.is_gone,
  last_seen_at = case
    when stored.is_gone then times.now
    else greatest(stored.last_seen_at, times.before)
  end
from times, unnest($2::text[], $3::text[], $4::text[]) as key (permit_num, revision_num, permit_type)
where (stored.permit_num, stored.revision_num, stored.permit_type)
  = (key.permit_num, key.revision_num, key.permit_type);
