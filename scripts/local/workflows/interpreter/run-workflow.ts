import { createError, WorkflowError } from '../errors/workflow-error.ts';
import type { CallContext, Functions } from '../library/library-function.ts';
import type { Workflow } from '../source/workflow.ts';
import type { Value } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';
import { callFunction } from './call-function.ts';
import { describeFailure, type Failure } from './runtime/describe-failure.ts';
import { createFrame } from './runtime/frame.ts';
import { createMemory } from './runtime/memory.ts';
import type { CallObserver, CurrentStep, Run } from './runtime/run.ts';
import { RUN_LIMITS } from './runtime/run-limits.ts';
import { createScope } from './runtime/scope.ts';
import { createSemaphore } from './runtime/semaphore.ts';
import { createStepCounter } from './runtime/step-counter.ts';
import type { Trace } from './runtime/trace.ts';

export interface RunOptions {
  readonly workflow: Workflow;
  /** The standard library and the connectors. */
  readonly functions: Functions;
  readonly argument: Value;
  readonly context: CallContext;
  readonly observeCall?: CallObserver | undefined;
  readonly trace: Trace;
  readonly reportStep: (thread: string, current: CurrentStep | undefined) => void;
}

export type RunResult =
  | { readonly state: 'SUCCEEDED'; readonly result: string }
  | { readonly state: 'FAILED'; readonly failure: Failure }
  | { readonly state: 'CANCELLED' };

/** Runs a workflow to its end. Never rejects. The context's signal cancels it. */
export async function runWorkflow(options: RunOptions): Promise<RunResult> {
  const { signal } = options.context;
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const run = createRun(options, stop);
    return { state: 'SUCCEEDED', result: writeResult(await callMain(run, options.argument)) };
  } catch (error) {
    if (signal.aborted) return { state: 'CANCELLED' };
    return { state: 'FAILED', failure: describeFailure(toWorkflowError(error)) };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function createRun(options: RunOptions, stop: AbortController): Run {
  const context = { ...options.context, signal: stop.signal };
  return {
    workflow: options.workflow,
    functions: options.functions,
    context,
    memory: createMemory(),
    semaphore: createSemaphore(RUN_LIMITS.concurrentBranches),
    steps: createStepCounter(context.clock, stop.signal),
    abort: (reason) => stop.abort(reason),
    observeCall: options.observeCall,
    trace: options.trace,
    reportStep: options.reportStep,
  };
}

async function callMain(run: Run, argument: Value): Promise<Value> {
  const frame = createFrame(
    {
      run,
      routine: 'main',
      scope: createScope(run.memory),
      callers: [],
      parallelDepth: 0,
      thread: 'main',
      callFunction,
    },
    undefined,
  );
  const takesArgument = (run.workflow.routines.get('main')?.parameters.length ?? 0) > 0;
  return callFunction(
    'main',
    { kind: 'positional', values: takesArgument ? [argument] : [] },
    frame,
  );
}

function writeResult(value: Value): string {
  try {
    return writeJson(value);
  } catch (error) {
    throw createError(
      'TypeError',
      `the result has no JSON form: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

// Anything else is a bug of the engine; the execution must still end with an error.
function toWorkflowError(error: unknown): WorkflowError {
  if (error instanceof WorkflowError) return error;
  return createError('SystemError', error instanceof Error ? error.message : String(error));
}
