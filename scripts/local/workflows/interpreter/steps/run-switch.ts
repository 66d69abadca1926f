import { locateError, WorkflowError } from '../../errors/workflow-error.ts';
import { checkBoolean } from '../../expressions/evaluate-expression.ts';
import type { SwitchAction, Template } from '../../source/workflow.ts';
import type { Value } from '../../values/value.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import type { Place } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import { traceBlock } from '../runtime/trace-block.ts';
import { runStep } from './run-step.ts';

/** Takes the first entry whose condition is true; none is no error. */
export async function runSwitch(action: SwitchAction, place: Place): Promise<Outcome> {
  for (const [at, { condition, step }] of action.cases.entries()) {
    if (!isTrue(await evaluateTemplate(condition, place), condition)) continue;
    const progress = { type: 'SWITCH', number: at + 1 } as const;
    return traceBlock(place, { kind: 'CONDITION', progress }, () => runStep(step, place));
  }
  return NEXT;
}

// UNCONFIRMED for null; anything but a boolean is a TypeError, as for the logical operators.
function isTrue(value: Value, { position }: Template): boolean {
  try {
    return checkBoolean('a condition', value);
  } catch (error) {
    throw error instanceof WorkflowError ? locateError(error, { position }) : error;
  }
}
