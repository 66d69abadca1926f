import { createError } from '../errors/workflow-error.ts';
import type { LibraryFunction } from '../library/library-function.ts';

/**
 * A connector by its name only, so that a workflow that has it in a path it does not take can be
 * loaded. It takes any arguments; calling it raises SystemError, which says how to register a real one.
 */
export function acceptConnector(name: string): LibraryFunction {
  return {
    name,
    parameters: 'any',
    isBlocking: true,
    run: () => {
      throw createError(
        'SystemError',
        `connector '${name}' is accepted but not made here; register one with createRestConnector`,
      );
    },
  };
}
