import { getTypeName, isBytes, isList, isMap, isNumber, type Value } from './value.ts';

const SURROGATE = /[\ud800-\udfff]/;

/** Compares two values deeply. An integer can equal a double. Never throws. */
export function areEqual(left: Value, right: Value): boolean {
  if (isNumber(left) && isNumber(right))
    return Number(left) === Number(right) && sameInteger(left, right);
  if (isList(left) && isList(right)) {
    return (
      left.length === right.length && left.every((item, at) => areEqual(item, right[at] ?? null))
    );
  }
  if (isMap(left) && isMap(right)) {
    if (left.size !== right.size) return false;
    for (const [key, value] of left) {
      const other = right.get(key);
      if (other === undefined || !areEqual(value, other)) return false;
    }
    return true;
  }
  if (isBytes(left) && isBytes(right)) return Buffer.compare(left, right) === 0;
  return left === right;
}

// Two bigints can differ and still round to the same double.
function sameInteger(left: bigint | number, right: bigint | number): boolean {
  return typeof left !== 'bigint' || typeof right !== 'bigint' || left === right;
}

/** Whether `==` accepts two values: the same type, two numbers, or null on either side. */
export function areComparable(left: Value, right: Value): boolean {
  if (left === null || right === null) return true;
  if (isNumber(left) && isNumber(right)) return true;
  return getTypeName(left) === getTypeName(right);
}

/** Orders two values like a sort comparator; undefined if they have no order. */
export function compareOrder(left: Value, right: Value): number | undefined {
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0;
  return typeof left === 'string' && typeof right === 'string'
    ? compareText(left, right)
    : undefined;
}

/** Orders text by Unicode code points, like UTF-8 and unlike UTF-16 units. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  // UTF-16 order differs only for surrogates, and few texts have any.
  if (!SURROGATE.test(left) && !SURROGATE.test(right)) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
