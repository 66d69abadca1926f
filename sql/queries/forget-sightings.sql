-- Run $1, and those that it resumes, need their sightings no more.
delete from sync_sightings
where run_id in (select run_lineage($1));
