-- Stores records straight from their rows, which are those of `incoming`: in two thirds of the time that
-- insert-new takes, but all of them or, when one of the permits is stored already, none. And in the order
-- of the feed: of two chunks that each want a permit of the other's one has to start again.
savepoint copy_new;

copy stored_permits (
  written_by_position, :columns, extra, data_hash, record_fingerprint, first_seen_at, last_seen_at,
  written_by_run, written_by_chunk
) from stdin;
