-- Waits until no other call downloads for run $1, and keeps others waiting until the transaction ends:
-- two at once could leave the chunks of one beside the bytes of the other.
select pg_advisory_xact_lock(hashtext('download'), $1::integer);
