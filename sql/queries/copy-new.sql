-- Stores records straight from their rows, in two thirds of insert-new's time. It stores all of
-- them or, if one of the permits is already stored, none; the caller then rolls back to the
-- savepoint. Permits are stored in the feed's order, so two chunks that contain the same permits in
-- different orders can deadlock, and one of them is retried.
savepoint copy_new;

copy stored_permits (
  written_by_position, :columns, extra, data_hash, record_fingerprint, first_seen_at, last_seen_at,
  first_seen_run, written_by_run, written_by_chunk
) from stdin;
