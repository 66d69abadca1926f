-- The columns of permits that can be written, in their order.
select quote_ident(attname) as name
from pg_attribute
where attrelid = 'permits'::regclass
  and attnum > 0
  and not attisdropped
  and attgenerated = ''
order by attnum;
