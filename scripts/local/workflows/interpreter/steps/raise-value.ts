import { createError, WorkflowError } from '../../errors/workflow-error.ts';
import { describeValue } from '../../expressions/describe-value.ts';
import { getTypeName, isMap, type Value } from '../../values/value.ts';

/** The error that `raise` throws: the string or map itself. Anything else is a TypeError. */
export function raiseValue(value: Value): WorkflowError {
  if (typeof value === 'string') return new WorkflowError(value, value);
  if (!isMap(value)) {
    return createError('TypeError', `raise needs a string or a map, not ${getTypeName(value)}`);
  }
  const message = value.get('message');
  return new WorkflowError(typeof message === 'string' ? message : describeValue(value), value);
}
