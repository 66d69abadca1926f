-- A digest of the stored permits: equal for two databases with the same permits.
select
  count(*)::integer as permits,
  coalesce(
    bit_xor(
      hashtextextended(
        permit_num || '|' || revision_num || '|' || permit_type || '|' || encode(data_hash, 'hex'),
        0
      )
    ),
    0
  )::text as digest
from permits;
