-- Notes that run $1 saw the permits that have not changed; $2 is the chunk number.
update permits as stored
set
  last_seen_at = run.started_at,
  last_seen_run_id = run.id,
  last_seen_chunk = $2
from merge_plan
join incoming using (position)
join sync_runs as run on run.id = $1
where merge_plan.action = 'unchanged'
  and (stored.permit_num, stored.revision_num, stored.permit_type)
    = (incoming.permit_num, incoming.revision_num, incoming.permit_type);
