import { createError } from '../errors/workflow-error.ts';
import { areComparable, areEqual, compareOrder } from '../values/compare-values.ts';
import { isInt64 } from '../values/integer-range.ts';
import { getTypeName, isList, isMap, isNumber, type Value } from '../values/value.ts';
import { describeValue } from './describe-value.ts';
import type { BinaryOperator } from './expression.ts';
import { stringify } from './stringify.ts';

/**
 * Applies a binary operator.
 *
 * @throws WorkflowError tagged TypeError, ValueError or ZeroDivisionError
 */
export function applyOperator(operator: BinaryOperator, left: Value, right: Value): Value {
  switch (operator) {
    case '+':
      return add(left, right);
    case '-':
    case '*':
    case '/':
    case '//':
    case '%':
      return calculate(operator, left, right);
    case '==':
      return isEqual(operator, left, right);
    case '!=':
      return !isEqual(operator, left, right);
    case 'in':
      return isIn(left, right);
    default:
      return isOrdered(operator, left, right);
  }
}

/**
 * Negates a number.
 *
 * @throws WorkflowError tagged TypeError
 */
export function negateNumber(operand: Value): Value {
  if (typeof operand === 'bigint') return checkRange(-operand);
  if (typeof operand === 'number') return -operand;
  throw createError('TypeError', `unsupported operand type for -: ${getTypeName(operand)}`);
}

function add(left: Value, right: Value): Value {
  if (typeof left === 'string' || typeof right === 'string') {
    const leftText = stringify(left);
    const rightText = stringify(right);
    // The documented table does not add null, lists, maps or bytes to a string: refused.
    if (leftText === undefined || rightText === undefined) throw unsupported('+', left, right);
    return leftText + rightText;
  }
  if (typeof left === 'bigint' && typeof right === 'bigint') return checkRange(left + right);
  if (isNumber(left) && isNumber(right)) return Number(left) + Number(right);
  throw unsupported('+', left, right);
}

function calculate(operator: '-' | '*' | '/' | '//' | '%', left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) throw unsupported(operator, left, right);
  if (operator !== '-' && operator !== '*' && Number(right) === 0) {
    throw createError('ZeroDivisionError', 'division by zero');
  }
  // `/` always gives a double: the official temperature sample relies on it.
  if (operator === '/') return Number(left) / Number(right);
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    if (operator === '-') return checkRange(left - right);
    if (operator === '*') return checkRange(left * right);
    return operator === '//'
      ? checkRange(divideDown(left, right))
      : left - divideDown(left, right) * right;
  }
  const a = Number(left);
  const b = Number(right);
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  if (operator === '//') return Math.floor(a / b);
  // UNCONFIRMED: the sign of a remainder. It follows the documented floor of `//`.
  return a - Math.floor(a / b) * b;
}

function divideDown(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

// UNCONFIRMED: overflow. An error is better than a silently wrong number.
function checkRange(integer: bigint): bigint {
  if (isInt64(integer)) return integer;
  throw createError('ValueError', `integer overflow: ${integer} does not fit 64 bits`);
}

function isEqual(operator: '==' | '!=', left: Value, right: Value): boolean {
  // UNCONFIRMED: unrelated types may be unequal or an error. An error here cannot hide one there.
  if (!areComparable(left, right)) throw unsupported(operator, left, right);
  return areEqual(left, right);
}

function isOrdered(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  const order = compareOrder(left, right);
  if (order === undefined) throw unsupported(operator, left, right);
  if (isNumber(left) && (Number.isNaN(Number(left)) || Number.isNaN(Number(right)))) return false;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function isIn(left: Value, right: Value): boolean {
  if (isList(right)) return right.some((item) => areEqual(left, item));
  if (!isMap(right)) {
    throw createError(
      'TypeError',
      `The argument of 'in' must be a dict or an array; got: ${describeValue(right)}`,
    );
  }
  return typeof left === 'string' && right.has(left);
}

function unsupported(operator: string, left: Value, right: Value) {
  return createError(
    'TypeError',
    `unsupported operand types for ${operator}: ${getTypeName(left)} and ${getTypeName(right)}`,
  );
}
