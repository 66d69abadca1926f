-- The writable columns of stored_permits in their order.
select quote_ident(attname) as name
from pg_attribute
where attrelid = 'stored_permits'::regclass
  and attnum > 0
  and not attisdropped
  and attgenerated = ''
  and attidentity = ''
order by attnum;
