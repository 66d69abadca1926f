import { hash } from 'node:crypto';

/**
 * Raise it when ingest-chunk's mapRecord gives another result for some record than before: else those
 * that are stored already would keep the old one until the City changes them.
 */
const MAPPING_VERSION = 1;

/** Of a uuid. */
export const HASH_BYTES = 16;

const ID_START = Buffer.from('{"_id":');
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COMMA = 0x2c;

/**
 * Writes what a record is recognised by without reading it, 16 bytes to `target` at `offset`: the
 * mapping's version, never 0, and 120 bits of the SHA-256 of the record's bytes. A leading `_id` is left
 * out, which the City gives anew on every load. Records with the same hash are stored alike; the opposite
 * need not be true.
 */
export const hashSource = (record: Buffer, target: Buffer, offset: number): void => {
  target[offset] = MAPPING_VERSION;
  const digest = hash('sha256', record.subarray(findStart(record)), 'binary');
  target.write(digest, offset + 1, HASH_BYTES - 1, 'latin1');
};

/** Behind `{"_id": 123,` or, as JSON.stringify writes it, `{"_id":123,`; else 0. */
const findStart = (record: Buffer): number => {
  if (ID_START.some((byte, index) => byte !== record[index])) return 0;
  let index = ID_START.length;
  if (record[index] === SPACE) index += 1;
  while (isDigit(record[index])) index += 1;
  return record[index] === COMMA ? index + 1 : 0;
};

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9;
