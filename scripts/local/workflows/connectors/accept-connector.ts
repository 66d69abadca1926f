import { createError } from '../errors/workflow-error.ts';
import type { LibraryFunction } from '../library/library-function.ts';

/**
 * Accepts a connector by name only, to load a workflow that never calls it. It takes any arguments;
 * calling it raises a SystemError that says how to register a real one.
 */
export function acceptConnector(name: string): LibraryFunction {
  return {
    name,
    parameters: 'any',
    isBlocking: true,
    run: () => {
      throw createError(
        'SystemError',
        `connector '${name}' is accepted but not implemented here; register one with createRestConnector`,
      );
    },
  };
}
