import { createError } from '../errors/workflow-error.ts';
import { isMap, type MapValue, type Value } from '../values/value.ts';

/**
 * A finished operation, or undefined while it runs. Raises OperationError when it failed, with the
 * documented `error` and `operation`, and ResponseTypeError for what is no operation.
 */
export function readFinishedOperation(operation: Value): MapValue | undefined {
  if (!isMap(operation) || typeof operation.get('name') !== 'string') {
    throw createError('ResponseTypeError', 'the response is not a long-running operation');
  }
  if (operation.get('done') !== true) return undefined;
  const error = operation.get('error') ?? null;
  // UNCONFIRMED: that the result is the operation, not the `response` in it.
  if (error === null) return operation;
  throw createOperationError(error, operation);
}

/** An operation that ended badly. The message is the service's, whatever the operation was. */
export function createOperationError(error: Value, operation: Value) {
  return createError('OperationError', 'Execution failed or cancelled.', [
    ['error', error],
    ['operation', operation],
  ]);
}
