-- Inserts the rejects of chunk $2 of run $1; $3 is a JSON array of them.
insert into sync_rejects (
  run_id, chunk_number, position, permit_num, revision_num, permit_type, reason, record
)
select $1, $2, position, permit_num, revision_num, permit_type, reason, record
from json_to_recordset($3) as reject (
  position integer,
  permit_num text,
  revision_num text,
  permit_type text,
  reason text,
  record text
);
