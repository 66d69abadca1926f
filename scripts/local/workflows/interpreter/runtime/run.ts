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

/** Called when a call step begins; the result is called when the step ends. */
export type CallObserver = (call: {
  readonly routine: string;
  readonly step: string;
  readonly callee: string;
  readonly args: CallArguments;
}) => { succeeded(value: Value): void; raised(error: WorkflowError): void };

/** The state of a running execution that all its threads share. */
export interface Run {
  readonly workflow: Workflow;
  /** The standard library and the connectors. */
  readonly functions: Functions;
  readonly context: CallContext;
  readonly memory: Memory;
  readonly semaphore: Semaphore;
  readonly steps: StepCounter;
  /** Aborts all threads with this reason. */
  readonly abort: (reason: unknown) => void;
  readonly observeCall: CallObserver | undefined;
  readonly trace: Trace;
  /** Reports the current step of a thread; undefined when the thread has ended. */
  readonly reportStep: (thread: string, current: CurrentStep | undefined) => void;
}
