-- Inserts one chunk into the chunk index of run $1; the arrays are in PostgreSQL's binary format.
insert into sync_chunks (
  run_id, chunk_number, byte_start, byte_end, record_count, record_begins, record_ends,
  record_fingerprints
)
values ($1, $2, $3, $4, $5, $6, $7, $8);
