import type { Block, Step } from '../source/workflow.ts';

/**
 * Lists the variables that a block creates, without those of loops, `except` and branches in it.
 */
export function collectAssigned(block: Block): ReadonlySet<string> {
  return new Set(block.steps.flatMap(listAssigned));
}

function listAssigned({ action }: Step): readonly string[] {
  switch (action.kind) {
    case 'assign':
      return action.assignments.filter(({ path }) => path.length === 0).map((one) => one.variable);
    case 'call':
      return action.result === undefined ? [] : [action.result];
    case 'switch':
      return action.cases.flatMap(({ step }) => listAssigned(step));
    case 'steps':
    case 'try':
      return action.steps.steps.flatMap(listAssigned);
    case 'parallel':
      return action.shared;
    default:
      return [];
  }
}
