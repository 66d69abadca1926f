-- Every table of the schema but the migrations' own.
select quote_ident(tablename) as name
from pg_tables
where schemaname = 'public'
  and tablename not like 'kysely%';
