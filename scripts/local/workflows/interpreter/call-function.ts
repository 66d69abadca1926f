import { createError } from '../errors/workflow-error.ts';
import { bindArguments } from '../expressions/bind-arguments.ts';
import { chain, type MaybePromise } from '../expressions/maybe-promise.ts';
import { describeParameters } from '../source/describe-parameters.ts';
import type { Routine } from '../source/workflow.ts';
import type { Value } from '../values/value.ts';
import { createFrame, type Frame, readStack } from './runtime/frame.ts';
import type { CallArguments } from './runtime/run.ts';
import { RUN_LIMITS } from './runtime/run-limits.ts';
import { createScope } from './runtime/scope.ts';
import { runBlock } from './steps/run-block.ts';

/** Calls a subworkflow, a function of the library or a connector. */
export function callFunction(name: string, args: CallArguments, frame: Frame): MaybePromise<Value> {
  const { run } = frame;
  // UNCONFIRMED: whether main counts toward the depth. Here it does not.
  if (frame.callers.length >= RUN_LIMITS.callDepth) {
    throw createError(
      'RecursionError',
      `call stack depth exceeds the limit of ${RUN_LIMITS.callDepth}`,
    );
  }
  const routine = run.workflow.routines.get(name);
  if (routine !== undefined) {
    const bound = bindArguments(name, describeParameters(routine), args);
    return chain(run.steps.count(1), () => runRoutine(routine, bound, frame));
  }
  const definition = run.functions.get(name);
  if (definition === undefined) throw createError('SystemError', `unknown function: ${name}`);
  const bound = bindArguments(name, definition.parameters, args);
  // Helpers such as len and int are free; a call of a module's function counts as a step.
  if (!name.includes('.')) return definition.run(bound, run.context);
  return chain(run.steps.count(1), () => definition.run(bound, run.context));
}

async function runRoutine(
  routine: Routine,
  args: readonly (Value | undefined)[],
  caller: Frame,
): Promise<Value> {
  const scope = createScope(caller.run.memory);
  const frame = createFrame(
    {
      run: caller.run,
      routine: routine.name,
      scope,
      callers: readStack(caller),
      parallelDepth: caller.parallelDepth,
      thread: caller.thread,
      callFunction,
    },
    caller.current.entry,
  );
  try {
    routine.parameters.forEach(({ name }, at) => {
      scope.declare(name, args[at] ?? null);
    });
    const outcome = await runBlock(routine.steps, frame);
    return outcome.kind === 'return' ? outcome.value : null;
  } finally {
    scope.dispose();
  }
}
