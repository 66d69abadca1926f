import { hash } from 'node:crypto';

/**
 * Raise it when ingest-chunk's mapRecord gives another result for some record than before: else those
 * that are stored already would keep the old one until the City changes them.
 */
const MAPPING_VERSION = 1;

/** Of a uuid. */
export const FINGERPRINT_BYTES = 16;

const ID_START = Buffer.from('{"_id":');
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COMMA = 0x2c;

/**
 * Writes what the record [begin, end) of `bytes` is recognised by without reading it, 16 bytes to `target`
 * at `offset`: the mapping's version, never 0, and 120 bits of the SHA-256 of the record's bytes. A
 * leading `_id` is left out, which the City gives anew on every load. Records with the same hash are
 * stored alike; the opposite need not be true.
 */
export function fingerprintRecord(
  bytes: Buffer,
  begin: number,
  end: number,
  target: Buffer,
  offset: number,
): void {
  target[offset] = MAPPING_VERSION;
  const digest = hash('sha256', bytes.subarray(skipId(bytes, begin), end), 'binary');
  target.write(digest, offset + 1, FINGERPRINT_BYTES - 1, 'latin1');
}

/** Behind `{"_id": 123,` or, as JSON.stringify writes it, `{"_id":123,`; else where the record begins. */
function skipId(bytes: Buffer, begin: number): number {
  if (ID_START.some((byte, index) => byte !== bytes[begin + index])) return begin;
  let index = begin + ID_START.length;
  if (bytes[index] === SPACE) index += 1;
  while (isDigit(bytes[index])) index += 1;
  return bytes[index] === COMMA ? index + 1 : begin;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9;
}
