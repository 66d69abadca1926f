import type { WorkflowError } from '../../errors/workflow-error.ts';
import type { CallContext, Functions } from '../../library/library-function.ts';
import type { Workflow } from '../../source/workflow.ts';
import type { Value } from '../../values/value.ts';
import type { Memory } from './memory.ts';
import type { Semaphore } from './semaphore.ts';
import type { StepCounter } from './step-counter.ts';
import type { Trace } from './trace.ts';

export interface CurrentStep {
  readonly routine: string;
  readonly step: string;
}

export type CallArguments =
  | { readonly kind: 'named'; readonly values: ReadonlyMap<string, Value> }
  | { readonly kind: 'positional'; readonly values: readonly Value[] };

/** Is told of each call step as it begins, and then how it ends. */
export type CallObserver = (call: {
  readonly routine: string;
  readonly step: string;
  readonly callee: string;
  readonly args: CallArguments;
}) => { succeeded(value: Value): void; raised(error: WorkflowError): void };

/** One execution on its way: what all its threads share. */
export interface Run {
  readonly workflow: Workflow;
  /** The standard library and the connectors. */
  readonly functions: Functions;
  readonly context: CallContext;
  readonly memory: Memory;
  readonly semaphore: Semaphore;
  readonly steps: StepCounter;
  /** Ends everything that runs, at once, with this reason. */
  readonly abort: (reason: unknown) => void;
  readonly observeCall: CallObserver | undefined;
  readonly trace: Trace;
  /** Says which step a thread is in now; undefined when the thread has ended. */
  readonly reportStep: (thread: string, current: CurrentStep | undefined) => void;
}
