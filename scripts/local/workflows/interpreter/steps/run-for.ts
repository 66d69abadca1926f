import type { ForAction } from '../../source/workflow.ts';
import { createFrame, type Frame } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import { createScope } from '../runtime/scope.ts';
import type { TraceEntry } from '../runtime/trace.ts';
import { traceBlock } from '../runtime/trace-block.ts';
import { type Iteration, listIterations } from './list-iterations.ts';
import { runBlock } from './run-block.ts';

/** Runs the body once for each value. Each iteration has its own scope. */
export async function runFor(action: ForAction, frame: Frame): Promise<Outcome> {
  const { count, items } = await listIterations(action, frame);
  if (frame.current.entry !== undefined) frame.run.trace.expect(frame.current.entry, count);
  for (const iteration of items) {
    await frame.run.steps.count(1);
    const progress = { type: 'FOR', number: Number(iteration.index) + 1 } as const;
    const outcome = await traceBlock(frame, { kind: 'FOR_ITERATION', progress }, (entry) =>
      runIteration(action, iteration, frame, entry),
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
  frame: Frame,
  entry: TraceEntry,
): Promise<Outcome> {
  const scope = createScope(frame.run.memory, { parent: frame.scope });
  try {
    scope.declare(action.value, iteration.value);
    if (action.index !== undefined) scope.declare(action.index, iteration.index);
    return await runBlock(action.steps, createFrame({ ...frame, scope }, entry));
  } finally {
    scope.dispose();
  }
}
