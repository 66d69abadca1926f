import { locateError, type Position, WorkflowError } from '../../errors/workflow-error.ts';
import type { Action, Step } from '../../source/workflow.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import { type Frame, readStack } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import type { TraceEntry } from '../runtime/trace.ts';
import { classifyStep } from './classify-step.ts';
import { raiseValue } from './raise-value.ts';
import { runAssign } from './run-assign.ts';
import { runBlock } from './run-block.ts';
import { runCall } from './run-call.ts';
import { runFor } from './run-for.ts';
import { runParallel } from './run-parallel.ts';
import { runSwitch } from './run-switch.ts';
import { runTry } from './run-try.ts';

/**
 * Runs a step. The innermost step adds the call stack to an error.
 *
 * run-block.ts, the constructs with blocks and this file import each other in a circle because the
 * language itself is recursive: a step holds a block, and a block holds steps.
 */
export async function runStep(step: Step, frame: Frame): Promise<Outcome> {
  const { current, run, routine } = frame;
  const outer = { ...current };
  current.step = { step: step.name, routine, position: readPosition(step) };
  const entry = beginEntry(step, frame);
  if (entry !== undefined) current.entry = entry;
  try {
    const pause = run.steps.count(1);
    if (pause instanceof Promise) await pause;
    if (step.isNamed) run.reportStep(frame.thread, { routine, step: step.name });
    const outcome = await performAction(step.action, frame);
    if (entry !== undefined) run.trace.end(entry, { variables: frame.scope.list });
    if (outcome.kind !== 'next' || step.next === undefined) return outcome;
    return { kind: 'jump', target: step.next.target };
  } catch (error) {
    if (entry !== undefined) run.trace.end(entry, { error, variables: frame.scope.list });
    if (!(error instanceof WorkflowError) || error.frames !== undefined) throw error;
    throw locateError(error, { stack: readStack(frame) });
  } finally {
    current.step = outer.step;
    current.entry = outer.entry;
  }
}

function beginEntry(step: Step, { run, routine, thread, current }: Frame): TraceEntry | undefined {
  const kind = classifyStep(step, run);
  if (kind === undefined) return undefined;
  return run.trace.begin({ parent: current.entry, kind, routine, step: step.name, thread });
}

async function performAction(action: Action, frame: Frame): Promise<Outcome> {
  switch (action.kind) {
    case 'assign':
      return runAssign(action, frame);
    case 'call':
      return runCall(action, frame);
    case 'switch':
      return runSwitch(action, frame);
    case 'for':
      return runFor(action, frame);
    case 'parallel':
      return runParallel(action, frame);
    case 'try':
      return runTry(action, frame);
    case 'raise':
      throw raiseValue(await evaluateTemplate(action.value, frame));
    case 'return':
      return { kind: 'return', value: await evaluateTemplate(action.value, frame) };
    case 'steps':
      return runBlock(action.steps, frame);
    case 'none':
      return NEXT;
  }
}

function readPosition({ action, position }: Step): Position {
  if (action.kind === 'call') return action.position;
  return action.kind === 'raise' ? action.value.position : position;
}
