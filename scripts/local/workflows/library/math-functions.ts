import { createError } from '../errors/workflow-error.ts';
import { isInt64 } from '../values/integer-range.ts';
import type { Value } from '../values/value.ts';
import { expectNumber } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';

export const mathFunctions = [
  defineFunction('math.abs(x)', ([x]) => toAbsolute(expectNumber(x, 'x'))),
  // UNCONFIRMED: the floor of a double is an integer, as in other languages.
  defineFunction('math.floor(x)', ([x]) => toFloor(expectNumber(x, 'x'))),
  defineFunction('math.max(a, b)', ([a, b]) => sortTwo(a, b)[1]),
  defineFunction('math.min(a, b)', ([a, b]) => sortTwo(a, b)[0]),
];

// Math.min and Math.max do not take bigints, and the result must keep its type.
function sortTwo(
  a: Value | undefined,
  b: Value | undefined,
): readonly [smaller: bigint | number, larger: bigint | number] {
  const [left, right] = [expectNumber(a, 'a'), expectNumber(b, 'b')];
  return left <= right ? [left, right] : [right, left];
}

function toAbsolute(x: bigint | number): Value {
  if (typeof x === 'number') return Math.abs(x);
  return checkRange(x < 0n ? -x : x);
}

function toFloor(x: bigint | number): Value {
  if (typeof x === 'bigint') return x;
  if (!Number.isFinite(x)) throw createError('ValueError', `${x} has no floor`);
  return checkRange(BigInt(Math.floor(x)));
}

function checkRange(integer: bigint): bigint {
  if (isInt64(integer)) return integer;
  throw createError('ValueError', `${integer} does not fit 64 bits`);
}
