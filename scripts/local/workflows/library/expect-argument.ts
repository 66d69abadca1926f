import { createError } from '../errors/workflow-error.ts';
import {
  getTypeName,
  isBytes,
  isList,
  isMap,
  isNumber,
  type ListValue,
  type MapValue,
  type Value,
} from '../values/value.ts';

type Argument = Value | undefined;

// Each function checks an argument's type and raises TypeError.

export function expectString(value: Argument, what: string): string {
  if (typeof value === 'string') return value;
  throw wrongType(what, 'a string', value);
}
export function expectBoolean(value: Argument, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongType(what, 'a boolean', value);
}
export function expectInteger(value: Argument, what: string): bigint {
  if (typeof value === 'bigint') return value;
  throw wrongType(what, 'an integer', value);
}
export function expectNumber(value: Argument, what: string): bigint | number {
  if (isNumber(value)) return value;
  throw wrongType(what, 'a number', value);
}
export function expectBytes(value: Argument, what: string): Uint8Array {
  if (isBytes(value)) return value;
  throw wrongType(what, 'bytes', value);
}
export function expectList(value: Argument, what: string): ListValue {
  if (isList(value)) return value;
  throw wrongType(what, 'a list', value);
}
export function expectMap(value: Argument, what: string): MapValue {
  if (isMap(value)) return value;
  throw wrongType(what, 'a map', value);
}

function wrongType(what: string, expected: string, value: Argument) {
  return createError(
    'TypeError',
    `${what} must be ${expected}, not ${value === undefined ? 'missing' : getTypeName(value)}`,
  );
}
