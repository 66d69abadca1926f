-- Waits until no chunk of run $1 is being ingested; others wait until this transaction ends.
select pg_advisory_xact_lock(hashtext('ingest-chunk'), $1::integer);
