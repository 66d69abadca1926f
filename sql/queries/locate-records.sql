-- Reads where the records of chunk $2 of run $1 are in the chunk's bytes. The arrays come in
-- binary, because text would take longer to write and to read.
select
  array_send(record_begins) as begins,
  array_send(record_ends) as ends,
  array_send(record_fingerprints) as fingerprints
from sync_chunks
where run_id = $1
  and chunk_number = $2;
