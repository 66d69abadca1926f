-- Adds the outcomes in merge_plan to the counts of chunk $2 of run $1.
update sync_chunks as chunk
set
  records_new = chunk.records_new + batch.new,
  records_updated = chunk.records_updated + batch.updated,
  records_unchanged = chunk.records_unchanged + batch.unchanged,
  records_superseded = chunk.records_superseded + batch.superseded
from (
  select
    count(*) filter (where outcome = 'new') as new,
    count(*) filter (where outcome = 'updated') as updated,
    count(*) filter (where outcome = 'unchanged') as unchanged,
    count(*) filter (where outcome = 'superseded') as superseded
  from merge_plan
) as batch
where chunk.run_id = $1
  and chunk.chunk_number = $2;
