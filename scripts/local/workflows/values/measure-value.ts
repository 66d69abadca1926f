import { isBytes, isList, isMap, type Value } from './value.ts';

const HEADER_BYTES = 8;
const knownSizes = new WeakMap<object, number>();

/**
 * Measures the bytes of memory that a value uses, by the documented formula: 8 for a scalar, 8 plus
 * the UTF-8 bytes for a string, 8 plus the elements (and keys) for a list or map.
 */
export function measureValue(value: Value): number {
  if (typeof value === 'string') return HEADER_BYTES + Buffer.byteLength(value);
  if (value === null || typeof value !== 'object') return HEADER_BYTES;
  if (isBytes(value)) return HEADER_BYTES + value.byteLength;
  // Values never change, so each is measured once, however often it is assigned.
  const known = knownSizes.get(value);
  if (known !== undefined) return known;
  let bytes = HEADER_BYTES;
  if (isMap(value)) {
    for (const [key, item] of value) bytes += measureValue(key) + measureValue(item);
  } else if (isList(value)) {
    for (const item of value) bytes += measureValue(item);
  }
  knownSizes.set(value, bytes);
  return bytes;
}
