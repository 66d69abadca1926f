import { createError } from '../errors/workflow-error.ts';
import { chain, type MaybePromise } from '../expressions/maybe-promise.ts';
import type { Routine } from '../source/workflow.ts';
import type { Value } from '../values/value.ts';
import { type BindableParameter, bindArguments } from '../expressions/bind-arguments.ts';
import { createPlace, type Place, readStack } from './runtime/frame.ts';
import type { CallArguments } from './runtime/run.ts';
import { RUN_LIMITS } from './runtime/run-limits.ts';
import { createScope } from './runtime/scope.ts';
import { runBlock } from './steps/run-block.ts';

/** Calls a subworkflow, a function of the library or a connector. */
export function callFunction(name: string, args: CallArguments, place: Place): MaybePromise<Value> {
  const { run } = place;
  // UNCONFIRMED whether main itself counts toward the depth; here it does not.
  if (place.callers.length >= RUN_LIMITS.callDepth) {
    throw createError(
      'RecursionError',
      `call stack depth exceeds the limit of ${RUN_LIMITS.callDepth}`,
    );
  }
  const routine = run.workflow.routines.get(name);
  if (routine !== undefined) {
    const bound = bindArguments(name, describeParameters(routine), args);
    return chain(run.steps.count(1), () => runRoutine(routine, bound, place));
  }
  const definition = run.functions.get(name);
  if (definition === undefined) throw createError('SystemError', `unknown function: ${name}`);
  const bound = bindArguments(name, definition.parameters, args);
  // Helpers such as len and int are free; a function of a module is a step.
  if (!name.includes('.')) return definition.run(bound, run.context);
  return chain(run.steps.count(1), () => definition.run(bound, run.context));
}

/** Calls with arguments by position, as expressions do. */
export function callByPosition(
  name: string,
  values: readonly Value[],
  place: Place,
): MaybePromise<Value> {
  return callFunction(name, { kind: 'positional', values }, place);
}

/** A subworkflow's parameters in the form that arguments are bound to. */
export function describeParameters(routine: Routine): readonly BindableParameter[] {
  return routine.parameters.map((parameter) => ({
    ...parameter,
    isOptional: parameter.default !== undefined,
  }));
}

async function runRoutine(
  routine: Routine,
  args: readonly (Value | undefined)[],
  caller: Place,
): Promise<Value> {
  const scope = createScope(caller.run.memory);
  const place = createPlace(
    {
      run: caller.run,
      routine: routine.name,
      scope,
      callers: readStack(caller),
      parallelDepth: caller.parallelDepth,
      thread: caller.thread,
    },
    caller.site.entry,
  );
  try {
    routine.parameters.forEach(({ name }, at) => {
      scope.declare(name, args[at] ?? null);
    });
    const outcome = await runBlock(routine.steps, place);
    return outcome.kind === 'return' ? outcome.value : null;
  } finally {
    scope.dispose();
  }
}
