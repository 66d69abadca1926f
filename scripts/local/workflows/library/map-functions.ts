import { createError } from '../errors/workflow-error.ts';
import { isList, isMap, type MapValue, mapOf, type Value } from '../values/value.ts';
import { expectMap, expectString } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';

export const mapFunctions = [
  defineFunction('map.delete(map, key)', ([map, key]) => {
    const name = expectString(key, 'key');
    return mapOf([...expectMap(map, 'map')].filter(([own]) => own !== name));
  }),
  defineFunction('map.get(map, keys)', ([map = null, keys = null]) => getNested(map, keys)),
  defineFunction('map.merge(first, second)', ([first, second]) =>
    mapOf([...expectMap(first, 'first'), ...expectMap(second, 'second')]),
  ),
  defineFunction('map.merge_nested(first, second)', ([first, second]) =>
    mergeNested(expectMap(first, 'first'), expectMap(second, 'second')),
  ),
];

// Null-safe: null if a key is missing or a level is not a map.
function getNested(start: Value, keys: Value): Value {
  const path = isList(keys) ? keys : [keys];
  let value = start;
  for (const key of path) {
    if (typeof key !== 'string') {
      throw createError('TypeError', 'keys must be a string or a list of strings');
    }
    if (!isMap(value)) return null;
    value = value.get(key) ?? null;
  }
  return value;
}

function mergeNested(first: MapValue, second: MapValue): MapValue {
  const merged = new Map(first);
  for (const [key, value] of second) {
    const before = first.get(key);
    merged.set(key, isMap(before) && isMap(value) ? mergeNested(before, value) : value);
  }
  return merged;
}
