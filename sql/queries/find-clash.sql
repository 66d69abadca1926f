-- Whether chunk $2 of run $1 and another chunk of the feed have marked the same permit as seen.
select exists (
  select
  from sync_seen as own
  join sync_seen as other using (page)
  where own.run_id = $1
    and own.chunk_number = $2
    and other.run_id in (select run_lineage($1))
    and (other.run_id, other.chunk_number) <> ($1, $2)
    and bit_count(own.bits & other.bits) > 0
) as clashes;
