import type { ForAction } from '../../source/workflow.ts';
import { createPlace, type Place } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import { createScope } from '../runtime/scope.ts';
import type { TraceEntry } from '../runtime/trace.ts';
import { traceBlock } from '../runtime/trace-block.ts';
import { type Iteration, listIterations } from './list-iterations.ts';
import { runBlock } from './run-block.ts';

/** Runs the body for each value, with variables of its own for each iteration. */
export async function runFor(action: ForAction, place: Place): Promise<Outcome> {
  const { count, items } = await listIterations(action, place);
  if (place.site.entry !== undefined) place.run.trace.expect(place.site.entry, count);
  for (const iteration of items) {
    await place.run.steps.count(1);
    const progress = { type: 'FOR', number: Number(iteration.index) + 1 } as const;
    const outcome = await traceBlock(place, { kind: 'FOR_ITERATION', progress }, (entry) =>
      runIteration(action, iteration, place, entry),
    );
    if (outcome.kind === 'return') return outcome;
    if (outcome.kind === 'jump') {
      if (outcome.target === 'break') return NEXT;
      if (outcome.target !== 'continue') return outcome;
    }
  }
  return NEXT;
}

async function runIteration(
  action: ForAction,
  iteration: Iteration,
  place: Place,
  entry: TraceEntry,
): Promise<Outcome> {
  const scope = createScope(place.run.memory, { parent: place.scope });
  try {
    scope.declare(action.value, iteration.value);
    if (action.index !== undefined) scope.declare(action.index, iteration.index);
    return await runBlock(action.steps, createPlace({ ...place, scope }, entry));
  } finally {
    scope.dispose();
  }
}
