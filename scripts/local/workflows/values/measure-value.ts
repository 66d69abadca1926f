import { isBytes, isList, isMap, type Value } from './value.ts';

const HEADER_BYTES = 8;
const knownSizes = new WeakMap<object, number>();

/**
 * Bytes a value takes of the execution's memory, by the documented formula: 8 for a scalar; 8 and
 * the UTF-8 bytes for text; 8 and the parts for a list or map, keys included.
 */
export function measureValue(value: Value): number {
  if (typeof value === 'string') return HEADER_BYTES + Buffer.byteLength(value);
  if (value === null || typeof value !== 'object') return HEADER_BYTES;
  if (isBytes(value)) return HEADER_BYTES + value.byteLength;
  // Values never change, so a large one is measured once however often it is assigned.
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
