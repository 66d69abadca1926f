-- In how many permits run $1 has changed each field, the most first.
select field_name, count(*)::integer as permits
from permit_history
where sync_run_id = $1
  and field_name <> 'in_feed'
group by field_name
order by count(*) desc, field_name;
