-- Inserts the incoming records whose permits are not stored yet. Chunks do this concurrently. If
-- two have the same key, one waits for the other's commit; the order by key prevents deadlocks,
-- unless copy-new has already stored some of their permits.
insert into stored_permits (
  :columns, extra, data_hash, record_fingerprint, first_seen_at, last_seen_at, first_seen_run,
  written_by_run, written_by_chunk, written_by_position
)
select
  :columns, extra, data_hash, record_fingerprint, first_seen_at, last_seen_at, first_seen_run,
  written_by_run, written_by_chunk, position
from incoming
order by permit_num, revision_num, permit_type
on conflict on constraint stored_permits_pkey do nothing;
