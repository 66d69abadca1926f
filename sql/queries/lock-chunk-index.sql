-- Waits until no other call downloads for run $1, and keeps others waiting until the transaction
-- ends. Two at once could leave the chunk index of one with the object of the other.
select pg_advisory_xact_lock(hashtext('download'), $1::integer);
