import { hash } from 'node:crypto';
import { MAPPING_VERSION } from '../mapping/mapping-version.ts';

/** The size of a uuid, which is how the database stores a fingerprint. */
export const FINGERPRINT_BYTES = 16;

const ID_START = Buffer.from('{"_id":');
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COMMA = 0x2c;

/**
 * Writes the fingerprint of a record to `target` at `offset`: 16 bytes that tell a stored record
 * from a changed one without parsing it. They are the mapping's version (mappingVersionByte) and
 * 120 bits of the SHA-256 of the record's bytes, without a leading `_id`, which the City renumbers
 * on every load. Records with the same fingerprint are stored alike; records that are stored alike
 * may differ in it. If only the first byte differs, the mapping has changed and the record has not.
 */
export function fingerprintRecord(
  record: Buffer,
  target: Buffer,
  offset: number,
  version = MAPPING_VERSION,
): void {
  target[offset] = version;
  const digest = hash('sha256', record.subarray(skipId(record)), 'binary');
  target.write(digest, offset + 1, FINGERPRINT_BYTES - 1, 'latin1');
}

/** @returns the offset after a leading `{"_id": 123,` or `{"_id":123,`; 0 without an `_id`. */
function skipId(record: Buffer): number {
  if (ID_START.some((byte, index) => byte !== record[index])) return 0;
  let index = ID_START.length;
  if (record[index] === SPACE) index += 1;
  while (isDigit(record[index])) index += 1;
  return record[index] === COMMA ? index + 1 : 0;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9;
}
