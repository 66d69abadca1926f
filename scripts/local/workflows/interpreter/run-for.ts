import type { ForAction } from '../source/workflow.ts';
import { listIterations } from './list-iterations.ts';
import { NEXT, type Outcome } from './outcome.ts';
import { createPlace, type Place } from './place.ts';
import { runBlock } from './run-block.ts';
import { createScope } from './scope.ts';

/** Runs the body for each value, with variables of its own for each iteration. */
export async function runFor(action: ForAction, place: Place): Promise<Outcome> {
  for (const iteration of await listIterations(action, place)) {
    await place.run.steps.count(1);
    const scope = createScope(place.run.memory, { parent: place.scope });
    try {
      scope.declare(action.value, iteration.value);
      if (action.index !== undefined) scope.declare(action.index, iteration.index);
      const outcome = await runBlock(action.steps, createPlace({ ...place, scope }));
      if (outcome.kind === 'return') return outcome;
      if (outcome.kind === 'jump') {
        if (outcome.target === 'break') return NEXT;
        if (outcome.target !== 'continue') return outcome;
      }
    } finally {
      scope.dispose();
    }
  }
  return NEXT;
}
