import { locateError, type Position, WorkflowError } from '../../errors/workflow-error.ts';
import type { Action, Step } from '../../source/workflow.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import { type Place, readStack } from '../runtime/frame.ts';
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

/** Runs a step. An error leaves with its place in it, known from the innermost step. */
export async function runStep(step: Step, place: Place): Promise<Outcome> {
  const { site, run, routine } = place;
  const outer = { ...site };
  site.current = { step: step.name, routine, position: readPosition(step) };
  const entry = beginEntry(step, place);
  if (entry !== undefined) site.entry = entry;
  try {
    const pause = run.steps.count(1);
    if (pause instanceof Promise) await pause;
    if (step.isNamed) run.reportStep(place.thread, { routine, step: step.name });
    const outcome = await performAction(step.action, place);
    if (entry !== undefined) run.trace.end(entry, { variables: place.scope.list });
    if (outcome.kind !== 'next' || step.next === undefined) return outcome;
    return { kind: 'jump', target: step.next.target };
  } catch (error) {
    if (entry !== undefined) run.trace.end(entry, { error, variables: place.scope.list });
    if (!(error instanceof WorkflowError) || error.frames !== undefined) throw error;
    throw locateError(error, { stack: readStack(place) });
  } finally {
    site.current = outer.current;
    site.entry = outer.entry;
  }
}

function beginEntry(step: Step, { run, routine, thread, site }: Place): TraceEntry | undefined {
  const kind = classifyStep(step, run);
  if (kind === undefined) return undefined;
  return run.trace.begin({ parent: site.entry, kind, routine, step: step.name, thread });
}

async function performAction(action: Action, place: Place): Promise<Outcome> {
  switch (action.kind) {
    case 'assign':
      return runAssign(action, place);
    case 'call':
      return runCall(action, place);
    case 'switch':
      return runSwitch(action, place);
    case 'for':
      return runFor(action, place);
    case 'parallel':
      return runParallel(action, place);
    case 'try':
      return runTry(action, place);
    case 'raise':
      throw raiseValue(await evaluateTemplate(action.value, place));
    case 'return':
      return { kind: 'return', value: await evaluateTemplate(action.value, place) };
    case 'steps':
      return runBlock(action.steps, place);
    case 'none':
      return NEXT;
  }
}

function readPosition({ action, position }: Step): Position {
  if (action.kind === 'call') return action.position;
  return action.kind === 'raise' ? action.value.position : position;
}
