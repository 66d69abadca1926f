import { locateError, WorkflowError } from '../../errors/workflow-error.ts';
import { checkBoolean } from '../../expressions/evaluate-expression.ts';
import type { SwitchAction, Template } from '../../source/workflow.ts';
import type { Value } from '../../values/value.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import type { Frame } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import { traceBlock } from '../runtime/trace-block.ts';
import { runStep } from './run-step.ts';

/** Runs the first entry whose condition is true. No match is not an error. */
export async function runSwitch(action: SwitchAction, frame: Frame): Promise<Outcome> {
  for (const [at, { condition, step }] of action.cases.entries()) {
    if (!isTrue(await evaluateTemplate(condition, frame), condition)) continue;
    const progress = { type: 'SWITCH', number: at + 1 } as const;
    return traceBlock(frame, { kind: 'CONDITION', progress }, () => runStep(step, frame));
  }
  return NEXT;
}

// Anything but a boolean is a TypeError, as for the logical operators (UNCONFIRMED for null).
function isTrue(value: Value, { position }: Template): boolean {
  try {
    return checkBoolean('a condition', value);
  } catch (error) {
    throw error instanceof WorkflowError ? locateError(error, { position }) : error;
  }
}
