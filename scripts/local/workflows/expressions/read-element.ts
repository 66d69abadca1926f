import { createError } from '../errors/workflow-error.ts';
import { getTypeName, isList, isMap, type Value } from '../values/value.ts';

/**
 * Reads `target[index]` or `target.index`.
 *
 * @throws WorkflowError tagged KeyError, IndexError or TypeError
 */
export function readElement(target: Value, index: Value): Value {
  if (isMap(target)) {
    if (typeof index !== 'string') {
      throw createError('TypeError', `a map's key must be a string, not ${getTypeName(index)}`);
    }
    const item = target.get(index);
    if (item === undefined) throw createError('KeyError', `key not found: ${index}`);
    return item;
  }
  if (isList(target)) return target[checkIndex(target, index)] ?? null;
  throw createError(
    'TypeError',
    `${getTypeName(target)} has no elements: it is neither a map nor a list`,
  );
}

/**
 * Converts a list's index to a number.
 *
 * @throws WorkflowError tagged TypeError, or IndexError if it is negative or out of range.
 */
export function checkIndex(list: readonly Value[], index: Value): number {
  if (typeof index !== 'bigint') {
    throw createError('TypeError', `a list's index must be an integer, not ${getTypeName(index)}`);
  }
  if (index < 0n || index >= BigInt(list.length)) {
    throw createError('IndexError', `index out of range: ${index} of a list of ${list.length}`);
  }
  return Number(index);
}
