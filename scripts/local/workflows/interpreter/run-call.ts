import type { CallAction } from '../source/workflow.ts';
import type { Value } from '../values/value.ts';
import { callFunction } from './call-function.ts';
import { evaluateTemplate } from './evaluate-template.ts';
import { NEXT, type Outcome } from './outcome.ts';
import type { Place } from './place.ts';

/** Evaluates the arguments, calls, keeps the result. */
export async function runCall(action: CallAction, place: Place): Promise<Outcome> {
  const value = await callFunction(action.callee, await evaluateArguments(action, place), place);
  if (action.result !== undefined) place.scope.write(action.result, value);
  return NEXT;
}

async function evaluateArguments({ args }: CallAction, place: Place) {
  if (args.kind === 'positional') {
    const values: Value[] = [];
    for (const template of args.values) values.push(await evaluateTemplate(template, place));
    return { kind: 'positional', values } as const;
  }
  const values = new Map<string, Value>();
  for (const [name, template] of args.values) {
    values.set(name, await evaluateTemplate(template, place));
  }
  return { kind: 'named', values } as const;
}
