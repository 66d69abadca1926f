-- Leaves in `incoming` only those records of chunk $2 of run $1 that insert-new has not stored.
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
  -- Not to be turned into a join, which might read the whole table.
  offset 0
);
