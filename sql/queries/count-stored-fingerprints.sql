-- How many records of run $1 are stored byte for byte as the feed has them.
select count(*)::integer as records
from sync_chunks
cross join lateral unnest(record_fingerprints) as fingerprint
where run_id = $1
  and fingerprint in (select record_fingerprint from stored_permits);
