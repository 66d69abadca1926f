-- Locks run $1 to the end of the transaction: its chunks merge one after the other, and finalize waits.
select status
from sync_runs
where id = $1
for no key update;
