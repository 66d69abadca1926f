import { FINGERPRINT_BYTES } from './fingerprint-record.ts';

/** Type oids. Source: PostgreSQL, pg_type.dat. */
const INTEGER_OID = 23;
const UUID_OID = 2950;

const INTEGER_BYTES = 4;
const MAX_INTEGER = 2 ** 31 - 1;

/** Dimensions, has-nulls flag, element type, element count, lower bound. Source: array_recv. */
const HEADER_BYTES = 5 * INTEGER_BYTES;
const COUNT_AT = 3 * INTEGER_BYTES;
const NULL_LENGTH = -1;

/** Writes an array as PostgreSQL's array_recv reads it: each element after its length. */
function createArray(oid: number, elementBytes: number, maxElements: number) {
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + maxElements * (INTEGER_BYTES + elementBytes));
  let used = 0;
  const writeInteger = (value: number): void => {
    used = bytes.writeInt32BE(value, used);
  };
  for (const field of [1, 1, oid, 0, 1]) writeInteger(field);
  return {
    bytes,
    /** @returns the offset in `bytes` for the next element. */
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

/** Writes an integer[] in PostgreSQL's binary format; larger numbers become the largest integer. */
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

/** Writes a uuid[] of fingerprints and nulls in PostgreSQL's binary format. */
export function createFingerprintArray(elements: number) {
  const { bytes, add, addNull, end } = createArray(UUID_OID, FINGERPRINT_BYTES, elements);
  return { bytes, add, addNull, end: (): Buffer => end(elements) };
}

/** @returns the number of elements of an array that array_send gave. */
export function countElements(array: Buffer): number {
  // An empty array has no dimensions and no count.
  return array.length > COUNT_AT ? array.readInt32BE(COUNT_AT) : 0;
}

/** @returns an element of an integer[] without nulls. */
export function integerAt(array: Buffer, index: number): number {
  return array.readInt32BE(HEADER_BYTES + (2 * index + 1) * INTEGER_BYTES);
}

/** Yields the elements of a uuid[] in hexadecimal, or null. */
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
