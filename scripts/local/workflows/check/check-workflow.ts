import type { Functions } from '../library/library-function.ts';
import { LoadError } from '../source/load-error.ts';
import type { Workflow } from '../source/workflow.ts';
import { checkJumps } from './check-jumps.ts';
import { checkNames } from './check-names.ts';
import { checkRoutine } from './check-routine.ts';

/**
 * Refuses what the service would refuse at deployment.
 *
 * @throws LoadError for the first problem.
 */
export function checkWorkflow(workflow: Workflow, functions: Functions): void {
  for (const routine of workflow.routines.values()) {
    const isTaken = [...functions.keys()].some((name) => name === routine.name);
    if (isTaken) {
      throw new LoadError(`'${routine.name}' is a function of the library`, routine);
    }
    checkNames(routine);
    checkJumps(routine);
    checkRoutine(routine, workflow, functions);
  }
}
