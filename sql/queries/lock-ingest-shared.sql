-- Locks run $1 for ingesting a chunk together with others until this transaction ends. Waits while
-- a chunk holds lock-ingest-exclusive.
select pg_advisory_xact_lock_shared(hashtext('ingest-chunk'), $1::integer);
