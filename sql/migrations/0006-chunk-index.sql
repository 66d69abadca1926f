-- The feed object is gzip, one member a chunk, and download notes what there is to know of each record
-- before it is read: so a record that is stored as it is need not be read again.

-- [byte_start, byte_end) is the chunk's member of the object, as it is stored. Gunzipped, the chunk's
-- record i is the bytes [record_begins[i], record_ends[i]). Null once the chunk is done.
alter table sync_chunks
  add column record_begins integer[],
  add column record_ends integer[],
  -- See functions/shared/hash-source.ts; null for a record that is too large.
  add column source_hashes uuid[];

-- Hashes do not get smaller.
alter table sync_chunks alter column source_hashes set storage external;

-- One bit, for the permit with this id, of its page of sync_sightings.
create function permit_bit(id integer) returns bit(4096)
language sql immutable
return set_bit(repeat('0', 4096)::bit(4096), id % 4096, 1);
