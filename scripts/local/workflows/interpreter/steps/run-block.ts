import type { Block } from '../../source/workflow.ts';
import type { Place } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import { runStep } from './run-step.ts';

/** Runs steps in order; follows jumps to its own steps and hands the others to whoever encloses it. */
export async function runBlock(block: Block, place: Place): Promise<Outcome> {
  let at = 0;
  for (let step = block.steps[at]; step !== undefined; step = block.steps[at]) {
    const outcome = await runStep(step, place);
    if (outcome.kind === 'next') {
      at += 1;
      continue;
    }
    const target = outcome.kind === 'jump' ? block.indexes.get(outcome.target) : undefined;
    if (target === undefined) return outcome;
    at = target;
  }
  return NEXT;
}
