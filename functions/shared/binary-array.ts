import { HASH_BYTES } from './hash-source.ts';

/** PostgreSQL's pg_type. */
const INTEGER_OID = 23;
const UUID_OID = 2950;

const INTEGER_BYTES = 4;
const MAX_INTEGER = 2 ** 31 - 1;

/** Dimensions, whether there are nulls, the elements' type, their number, the first one's subscript. */
const HEADER = 5;
const COUNT_AT = 3 * INTEGER_BYTES;
const NULL_LENGTH = -1;

/** Writes big-endian integers one after the other, as array_recv and array_send of PostgreSQL do. */
const createArray = (oid: number, count: number, elementBytes: number) => {
  const bytes = Buffer.allocUnsafe((HEADER + count) * INTEGER_BYTES + count * elementBytes);
  let used = 0;
  const writeInteger = (value: number): void => {
    used = bytes.writeInt32BE(value, used);
  };
  for (const field of [1, 1, oid, count, 1]) writeInteger(field);
  return {
    writeInteger,
    writeBytes(source: Buffer, from: number): void {
      used += source.copy(bytes, used, from, from + elementBytes);
    },
    end: (): Buffer => bytes.subarray(0, used),
  };
};

/** An integer[] in PostgreSQL's binary format; what is greater than an integer is written as the greatest. */
export const encodeIntegers = (values: readonly number[]): Buffer => {
  const array = createArray(INTEGER_OID, values.length, INTEGER_BYTES);
  for (const value of values) {
    array.writeInteger(INTEGER_BYTES);
    array.writeInteger(Math.min(value, MAX_INTEGER));
  }
  return array.end();
};

/** A uuid[] in PostgreSQL's binary format, of hashes one after the other; one that begins with 0 is null. */
export const encodeHashes = (hashes: Buffer): Buffer => {
  const array = createArray(UUID_OID, hashes.length / HASH_BYTES, HASH_BYTES);
  for (let from = 0; from < hashes.length; from += HASH_BYTES) {
    if (hashes[from] === 0) array.writeInteger(NULL_LENGTH);
    else {
      array.writeInteger(HASH_BYTES);
      array.writeBytes(hashes, from);
    }
  }
  return array.end();
};

/** The elements of an integer[] without nulls, from what array_send gives. */
export const decodeIntegers = (array: Buffer): readonly number[] => {
  const values: number[] = [];
  for (let at = (HEADER + 1) * INTEGER_BYTES; at < array.length; at += 2 * INTEGER_BYTES) {
    values.push(array.readInt32BE(at));
  }
  return values;
};

/** The elements of a uuid[], from what array_send gives, as encodeHashes takes them; zeros for a null. */
export const decodeHashes = (array: Buffer): Buffer => {
  // An empty array has no dimension, and so no count.
  const count = array.length > COUNT_AT ? array.readInt32BE(COUNT_AT) : 0;
  const hashes = Buffer.alloc(count * HASH_BYTES);
  let from = HEADER * INTEGER_BYTES;
  for (let at = 0; at < hashes.length; at += HASH_BYTES) {
    const isNull = array.readInt32BE(from) === NULL_LENGTH;
    from += INTEGER_BYTES;
    if (isNull) continue;
    array.copy(hashes, at, from, from + HASH_BYTES);
    from += HASH_BYTES;
  }
  return hashes;
};
