-- Leaves in `incoming` only the records of chunk $2 of run $1 that insert-new did not store.
delete from incoming
where exists (
  select
  from stored_permits as stored
  where stored.permit_num = incoming.permit_num
    and stored.revision_num = incoming.revision_num
    and stored.permit_type = incoming.permit_type
    and stored.written_by_run = $1
    and stored.written_by_chunk = $2
    and stored.written_by_position = incoming.position
  -- Keeps the planner from turning it into a join, which might read the whole table.
  offset 0
);
