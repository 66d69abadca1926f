import { isInt64 } from './integer-range.ts';
import type { Value } from './value.ts';

/**
 * Parses JSON text into a value. A number without fraction and exponent is an INTEGER if it fits 64
 * bits; any other is a DOUBLE.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): Value {
  return JSON.parse(text, reviveValue) as Value;
}

function reviveValue(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value === 'number') return reviveNumber(value, context?.source ?? '');
  if (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof Map)
  ) {
    return new Map(Object.entries(value));
  }
  return value;
}

function reviveNumber(double: number, source: string): bigint | number {
  if (!/^-?\d+$/.test(source)) return double;
  const integer = BigInt(source);
  return isInt64(integer) ? integer : double;
}
