import type { Block } from '../../source/workflow.ts';
import type { Frame } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import { runStep } from './run-step.ts';

/** Runs steps in order. Follows jumps to its own steps; other jumps go to the enclosing block. */
export async function runBlock(block: Block, frame: Frame): Promise<Outcome> {
  let at = 0;
  for (let step = block.steps[at]; step !== undefined; step = block.steps[at]) {
    const outcome = await runStep(step, frame);
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
