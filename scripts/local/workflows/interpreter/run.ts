import type { CallContext, LibraryFunction } from '../library/library-function.ts';
import type { Workflow } from '../source/workflow.ts';
import type { Memory } from './memory.ts';
import type { Slots } from './slots.ts';
import type { StepCounter } from './step-counter.ts';

export type CurrentStep = { readonly routine: string; readonly step: string };

/** One execution on its way: what all its threads share. */
export type Run = {
  readonly workflow: Workflow;
  /** The standard library and the connectors. */
  readonly functions: ReadonlyMap<string, LibraryFunction>;
  readonly context: CallContext;
  readonly memory: Memory;
  readonly slots: Slots;
  readonly steps: StepCounter;
  /** Ends everything that runs, at once, with this reason. */
  readonly abort: (reason: unknown) => void;
  /** Says which step a thread is in now; undefined when the thread has ended. */
  readonly reportStep: (thread: string, current: CurrentStep | undefined) => void;
};
