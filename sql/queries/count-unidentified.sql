-- How many rejects of the feed of run $1 have no key that could be read.
select count(*)::integer as rejects
from sync_rejects
where run_id in (select run_lineage($1))
  and (permit_num is null or revision_num is null or permit_type is null);
