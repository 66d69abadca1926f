-- How many values of each column $2 could not be read in the records that run $1 has written: their
-- texts are in `extra`.
select column_name, count(*)::integer as records
from stored_permits
cross join lateral jsonb_object_keys(extra) as column_name
where written_by_run = $1
  and extra <> '{}'
  and column_name = any ($2)
group by column_name
order by column_name;
