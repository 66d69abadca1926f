/**
 * A value of a workflow. INTEGER is a bigint (64 bits), DOUBLE a number, and a map is a Map, so a
 * key such as `__proto__` has no special meaning. Values are immutable: an assignment builds a new
 * one, so the language's copy by value is free.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | ReadonlyMap<string, Value>;

export type MapValue = ReadonlyMap<string, Value>;
export type ListValue = readonly Value[];

/** The names that `get_type` returns. */
export type TypeName =
  | 'boolean'
  | 'bytes'
  | 'double'
  | 'integer'
  | 'list'
  | 'map'
  | 'null'
  | 'string';

export function isMap(value: Value | undefined): value is MapValue {
  return value instanceof Map;
}
export function isList(value: Value | undefined): value is ListValue {
  return Array.isArray(value);
}
export function isBytes(value: Value | undefined): value is Uint8Array {
  return value instanceof Uint8Array;
}
export function isNumber(value: Value | undefined): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** Returns the language's name of a value's type. */
export function getTypeName(value: Value): TypeName {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'string';
  if (isBytes(value)) return 'bytes';
  return isMap(value) ? 'map' : 'list';
}

/** Creates a map from pairs of name and value, in their order. */
export function mapOf(entries: Iterable<readonly [string, Value]>): MapValue {
  return new Map(entries);
}
