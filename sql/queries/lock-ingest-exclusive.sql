-- Locks run $1 for ingesting a single chunk until this transaction ends. Waits until no other chunk
-- of the run is being ingested.
select pg_advisory_xact_lock(hashtext('ingest-chunk'), $1::integer);
