-- Locks run $1 until the transaction ends: its chunks merge one at a time, and finalize waits.
select status
from sync_runs
where id = $1
for no key update;
