-- Deletes the bitmaps of seen permits of run $1, which has completed, and of the runs it resumes.
delete from sync_seen
where run_id in (select run_lineage($1));
