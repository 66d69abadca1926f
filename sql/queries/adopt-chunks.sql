-- Gives run $1 the chunks that run $2, which it resumes, did not ingest.
insert into sync_chunks (
  run_id, chunk_number, byte_start, byte_end, record_count, record_begins, record_ends,
  record_fingerprints
)
select
  $1, row_number() over (order by chunk_number), byte_start, byte_end, record_count, record_begins,
  record_ends, record_fingerprints
from sync_chunks
where run_id = $2
  and status = 'pending';
