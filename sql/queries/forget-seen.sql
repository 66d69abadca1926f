-- Deletes the seen bitmaps of run $1 and of the runs it resumes, which a completed run needs no more.
delete from sync_seen
where run_id in (select run_lineage($1));
