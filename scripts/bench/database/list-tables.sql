-- All tables of the schema except those of the migrations.
select quote_ident(tablename) as name
from pg_tables
where schemaname = 'public'
  and tablename not like 'kysely%';
