import { locateError, WorkflowError } from '../../errors/workflow-error.ts';
import type { MaybePromise } from '../../expressions/maybe-promise.ts';
import type { CallAction } from '../../source/workflow.ts';
import type { Value } from '../../values/value.ts';
import { callFunction } from '../call-function.ts';
import { evaluateTemplate } from '../runtime/evaluate-template.ts';
import { type Place, readStack } from '../runtime/frame.ts';
import { NEXT, type Outcome } from '../runtime/outcome.ts';
import type { CallArguments } from '../runtime/run.ts';

/** Evaluates the arguments, calls, keeps the result. */
export async function runCall(action: CallAction, place: Place): Promise<Outcome> {
  const args = await evaluateArguments(action, place);
  const value = await observe(action, args, place, () => callFunction(action.callee, args, place));
  if (action.result !== undefined) place.scope.write(action.result, value);
  return NEXT;
}

async function observe(
  { callee }: CallAction,
  args: CallArguments,
  place: Place,
  call: () => MaybePromise<Value>,
): Promise<Value> {
  const { observeCall } = place.run;
  if (observeCall === undefined) return call();
  const step = place.site.current?.step ?? '';
  const observed = observeCall({ routine: place.routine, step, callee, args });
  try {
    const value = await call();
    observed.succeeded(value);
    return value;
  } catch (error) {
    if (error instanceof WorkflowError) {
      observed.raised(locateError(error, { stack: readStack(place) }));
    }
    throw error;
  }
}

async function evaluateArguments({ args }: CallAction, place: Place): Promise<CallArguments> {
  if (args.kind === 'positional') {
    const values: Value[] = [];
    for (const template of args.values) values.push(await evaluateTemplate(template, place));
    return { kind: 'positional', values };
  }
  const values = new Map<string, Value>();
  for (const [name, template] of args.values) {
    values.set(name, await evaluateTemplate(template, place));
  }
  return { kind: 'named', values };
}
