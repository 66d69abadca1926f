import { createError } from '../errors/workflow-error.ts';
import { stringify } from '../expressions/stringify.ts';
import { isInt64 } from '../values/integer-range.ts';
import { getTypeName, isList, isMap, isNumber, type Value } from '../values/value.ts';
import { expectMap } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';

type Argument = Value | undefined;

/** The expression helpers, which belong to no module and do not count as steps. */
export const helperFunctions = [
  defineFunction('default(value, default)', ([value = null, fallback = null]) =>
    value === null ? fallback : value,
  ),
  defineFunction('double(value)', ([value = null]) => toDouble(value)),
  defineFunction('get_type(value)', ([value = null]) => getTypeName(value)),
  defineFunction('if(condition, if_true, if_false)', ([condition, yes = null, no = null]) =>
    chooseValue(condition, yes, no),
  ),
  defineFunction('int(value)', ([value = null]) => toInteger(value)),
  defineFunction('keys(map)', ([map]) => [...expectMap(map, 'the argument of keys').keys()]),
  defineFunction('len(value)', ([value = null]) => BigInt(measureLength(value))),
  defineFunction('string(value)', ([value = null]) => toText(value)),
];

function chooseValue(condition: Argument, yes: Value, no: Value): Value {
  if (condition === null || condition === false) return no;
  if (condition === true) return yes;
  throw createError('TypeError', 'the condition of if must be a boolean or null');
}

function measureLength(value: Value): number {
  // In characters, not UTF-16 units.
  if (typeof value === 'string') return [...value].length;
  if (isList(value)) return value.length;
  if (isMap(value)) return value.size;
  throw createError('TypeError', `${getTypeName(value)} has no length`);
}

// A double is accepted too: the service's own message lists numbers among the expected types.
function toDouble(value: Value): number {
  if (isNumber(value)) return Number(value);
  if (typeof value !== 'string') throw cannotConvert(value, 'double', 'number or string');
  const text = value.trim();
  if (!/^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text)) throw cannotRead(value, 'double');
  return Number(text);
}

function toInteger(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw cannotRead(String(value), 'integer');
    return checkRange(BigInt(Math.trunc(value)));
  }
  if (typeof value !== 'string') throw cannotConvert(value, 'int', 'number or string');
  const text = value.trim();
  if (!/^[-+]?\d+$/.test(text)) throw cannotRead(value, 'integer');
  return checkRange(BigInt(text.replace('+', '')));
}

function toText(value: Value): string {
  const text = stringify(value);
  if (text === undefined) throw cannotConvert(value, 'string', 'number, string, or boolean');
  return text;
}

function checkRange(integer: bigint): bigint {
  if (isInt64(integer)) return integer;
  throw createError('ValueError', `${integer} does not fit 64 bits`);
}

// The service's wording, with its own names for some types.
function cannotConvert(value: Value, name: string, expected: string) {
  const type = isMap(value) ? 'dict' : isList(value) ? 'array' : getTypeName(value);
  return createError(
    'TypeError',
    `unsupported operand type for ${name}(): '${type}' (expecting ${expected})`,
  );
}

function cannotRead(text: string, type: string) {
  return createError('ValueError', `cannot convert '${text}' to ${type}`);
}
