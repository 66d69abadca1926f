import { hash } from 'node:crypto';

/**
 * Raise it when ingest-chunk's mapRecord gives another result for some record than before: else those
 * that are stored already would keep the old one until the City changes them.
 */
const MAPPING_VERSION = '01';

const ID_START = Buffer.from('{"_id":');
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COMMA = 0x2c;

/** A uuid has 32 hexadecimal digits, the version among them. */
const HASH_DIGITS = 32 - MAPPING_VERSION.length;

/**
 * What a record is recognised by without reading it: the SHA-256 of its bytes, cut to 120 bits, in
 * the form of a uuid. A leading `_id` is left out, which the City gives anew on every load. Records
 * with the same hash are stored alike; the opposite need not be true.
 */
export const hashSource = (record: Buffer): string =>
  MAPPING_VERSION + hash('sha256', record.subarray(findStart(record)), 'hex').slice(0, HASH_DIGITS);

/** Behind `{"_id": 123,` or, as JSON.stringify writes it, `{"_id":123,`; else 0. */
const findStart = (record: Buffer): number => {
  if (!record.subarray(0, ID_START.length).equals(ID_START)) return 0;
  let index = ID_START.length;
  if (record[index] === SPACE) index += 1;
  while (isDigit(record[index])) index += 1;
  return record[index] === COMMA ? index + 1 : 0;
};

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9;
