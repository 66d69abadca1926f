-- Places (from 1) in $1, the source hashes of a chunk's records, of those that no stored permit has.
select hash.place::integer
from unnest($1::uuid[]) with ordinality as hash (source_hash, place)
where not exists (
  select
  from stored_permits as stored
  where stored.source_hash = hash.source_hash
  -- Not to be turned into a join, which might read the whole table.
  offset 0
);
