import { hash } from 'node:crypto';

/**
 * Version of the mapping, 1 to 127. Raise it if mapRecord gives a different row for any record;
 * otherwise stored permits keep the old row until the City changes them.
 */
export const MAPPING_VERSION = 2;

/** The first byte of the fingerprints of records that are mapped with ignored columns. */
const FIRST_WITH_IGNORED = 128;

/**
 * The byte with which every record fingerprint starts: it says how the record is mapped.
 * MAPPING_VERSION without ignored columns; with them, a byte from 128 to 255 that follows from the
 * version and the names. Another version always gives another byte. Other names do with a
 * probability of 127 in 128; if they do not, records are mapped again only when they change.
 */
export function mappingVersionByte(ignored: ReadonlySet<string>): number {
  if (ignored.size === 0) return MAPPING_VERSION;
  const names = JSON.stringify([...ignored].sort());
  const digest = hash('sha256', names, 'buffer');
  return FIRST_WITH_IGNORED + ((digest.readUInt8() + MAPPING_VERSION) % FIRST_WITH_IGNORED);
}
