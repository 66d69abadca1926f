import { FINGERPRINT_BYTES } from './fingerprint-record.ts';

/** PostgreSQL's pg_type. */
const INTEGER_OID = 23;
const UUID_OID = 2950;

const INTEGER_BYTES = 4;
const MAX_INTEGER = 2 ** 31 - 1;

/** Dimensions, whether there are nulls, the elements' type, their number, the first one's subscript. */
const HEADER_BYTES = 5 * INTEGER_BYTES;
const COUNT_AT = 3 * INTEGER_BYTES;
const NULL_LENGTH = -1;

/** Writes an array as PostgreSQL's array_recv reads it: each element behind its length. */
function createArray(oid: number, elementBytes: number, maxElements: number) {
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + maxElements * (INTEGER_BYTES + elementBytes));
  let used = 0;
  const writeInteger = (value: number): void => {
    used = bytes.writeInt32BE(value, used);
  };
  for (const field of [1, 1, oid, 0, 1]) writeInteger(field);
  return {
    bytes,
    /** @returns where the next element's bytes are to be written to. */
    add(): number {
      writeInteger(elementBytes);
      used += elementBytes;
      return used - elementBytes;
    },
    addNull: () => writeInteger(NULL_LENGTH),
    end(count: number): Buffer {
      bytes.writeInt32BE(count, COUNT_AT);
      return bytes.subarray(0, used);
    },
  };
}

/** An integer[] in PostgreSQL's binary format; what is greater than an integer is written as the greatest. */
export function createIntegerArray(maxElements: number) {
  const { bytes, add, end } = createArray(INTEGER_OID, INTEGER_BYTES, maxElements);
  let count = 0;
  return {
    push(value: number): void {
      count += 1;
      bytes.writeInt32BE(Math.min(value, MAX_INTEGER), add());
    },
    end: (): Buffer => end(count),
  };
}

/** A uuid[] in PostgreSQL's binary format, for hashes and, in place of some, nulls. */
export function createFingerprintArray(elements: number) {
  const { bytes, add, addNull, end } = createArray(UUID_OID, FINGERPRINT_BYTES, elements);
  return { bytes, add, addNull, end: (): Buffer => end(elements) };
}

/** How many elements an array has, from what array_send gives. */
export function countElements(array: Buffer): number {
  // An empty array has no dimension, and so no count.
  return array.length > COUNT_AT ? array.readInt32BE(COUNT_AT) : 0;
}

/** An element of an integer[] without nulls. */
export function integerAt(array: Buffer, index: number): number {
  return array.readInt32BE(HEADER_BYTES + (2 * index + 1) * INTEGER_BYTES);
}

/** The elements of a uuid[], one after the other, in hexadecimal or null. */
export function* readFingerprints(array: Buffer): Generator<string | null, void> {
  const count = countElements(array);
  let at = HEADER_BYTES;
  for (let index = 0; index < count; index += 1) {
    const isNull = array.readInt32BE(at) === NULL_LENGTH;
    at += INTEGER_BYTES;
    yield isNull ? null : array.toString('hex', at, at + FINGERPRINT_BYTES);
    if (!isNull) at += FINGERPRINT_BYTES;
  }
}
