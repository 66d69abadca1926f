-- Waits while a chunk of run $1 is ingested alone; such a chunk waits until this transaction ends.
select pg_advisory_xact_lock_shared(hashtext('ingest-chunk'), $1::integer);
