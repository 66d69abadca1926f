import { locateError, WorkflowError } from '../../errors/workflow-error.ts';
import type { MaybePromise } from '../../expressions/maybe-promise.ts';
import type { CallAction } from '../../source/workflow.ts';
import type { Value } from '../../values/value.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import { type Frame, readStack } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import type { CallArguments } from '../runtime/run.ts';

/** Calls a function and keeps its result. */
export async function runCall(action: CallAction, frame: Frame): Promise<Outcome> {
  const args = await evaluateArguments(action, frame);
  const value = await observe(action, args, frame, () =>
    frame.callFunction(action.callee, args, frame),
  );
  if (action.result !== undefined) frame.scope.write(action.result, value);
  return NEXT;
}

async function observe(
  { callee }: CallAction,
  args: CallArguments,
  frame: Frame,
  call: () => MaybePromise<Value>,
): Promise<Value> {
  const { observeCall } = frame.run;
  if (observeCall === undefined) return call();
  const step = frame.current.step?.step ?? '';
  const observed = observeCall({ routine: frame.routine, step, callee, args });
  try {
    const value = await call();
    observed.succeeded(value);
    return value;
  } catch (error) {
    if (error instanceof WorkflowError) {
      observed.raised(locateError(error, { stack: readStack(frame) }));
    }
    throw error;
  }
}

async function evaluateArguments({ args }: CallAction, frame: Frame): Promise<CallArguments> {
  if (args.kind === 'positional') {
    const values: Value[] = [];
    for (const template of args.values) values.push(await evaluateTemplate(template, frame));
    return { kind: 'positional', values };
  }
  const values = new Map<string, Value>();
  for (const [name, template] of args.values) {
    values.set(name, await evaluateTemplate(template, frame));
  }
  return { kind: 'named', values };
}
