import { ApiError } from '../../errors/api-error.ts';
import { RUN_LIMITS } from '../../interpreter/runtime/run-limits.ts';

/**
 * Checks an execution's argument and returns it as JSON; `null` if absent.
 *
 * @throws ApiError
 */
export function checkArgument(argument: string | undefined): string {
  if (argument === undefined || argument === '') return 'null';
  if (Buffer.byteLength(argument) > RUN_LIMITS.argumentBytes) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `argument is larger than the limit of ${RUN_LIMITS.argumentBytes} bytes`,
    );
  }
  try {
    JSON.parse(argument);
  } catch {
    throw new ApiError('INVALID_ARGUMENT', 'argument is not valid JSON');
  }
  return argument;
}
