import { createError } from '../errors/workflow-error.ts';
import { isMap, type MapValue, type Value } from '../values/value.ts';

/**
 * Reads a finished operation; undefined while it runs.
 *
 * @throws WorkflowError tagged OperationError if it failed, with the documented `error` and
 *   `operation`; tagged ResponseTypeError if the value is not an operation.
 */
export function readFinishedOperation(operation: Value): MapValue | undefined {
  if (!isMap(operation) || typeof operation.get('name') !== 'string') {
    throw createError('ResponseTypeError', 'the response is not a long-running operation');
  }
  if (operation.get('done') !== true) return undefined;
  const error = operation.get('error') ?? null;
  // UNCONFIRMED: the result is the operation, not the `response` in it.
  if (error === null) return operation;
  throw createOperationError(error, operation);
}

/** Creates the error of a failed operation. The message is the service's for every operation. */
export function createOperationError(error: Value, operation: Value) {
  return createError('OperationError', 'Execution failed or cancelled.', [
    ['error', error],
    ['operation', operation],
  ]);
}
