import type { WorkflowError } from '../../errors/workflow-error.ts';
import type { Value } from '../../values/value.ts';

/** What a step is, or a block of one: the step types of the Executions API without their prefix. */
export type TraceKind =
  | 'ASSIGN'
  | 'STD_LIB_CALL'
  | 'CONNECTOR_CALL'
  | 'SUBWORKFLOW_CALL'
  | 'SWITCH'
  | 'CONDITION'
  | 'FOR'
  | 'FOR_ITERATION'
  | 'PARALLEL_FOR'
  | 'PARALLEL_BRANCH'
  | 'PARALLEL_BRANCH_ENTRY'
  | 'TRY_RETRY_EXCEPT'
  | 'TRY'
  | 'RETRY'
  | 'EXCEPT'
  | 'RETURN'
  | 'RAISE'
  | 'GOTO';

export interface TraceProgress {
  readonly type: 'FOR' | 'SWITCH' | 'RETRY' | 'PARALLEL_FOR' | 'PARALLEL_BRANCH';
  /** The first is 1. */
  readonly number: number;
}

/** A step or block that has begun. */
export interface TraceEntry {
  readonly id: number;
}

/** Is told of each step, and of each block of one, as it begins and as it ends. */
export interface Trace {
  begin(begun: {
    /** The step or block it is part of. */
    readonly parent: TraceEntry | undefined;
    readonly kind: TraceKind;
    readonly routine: string;
    readonly step: string;
    readonly thread: string;
    readonly progress?: TraceProgress | undefined;
  }): TraceEntry;
  /** Says how often a loop will go round, or how many branches there are. */
  expect(entry: TraceEntry, count: number): void;
  /** Variables are those in scope at the end. An error that is no WorkflowError is a cancellation. */
  end(
    entry: TraceEntry,
    ended: {
      readonly error?: unknown;
      readonly variables?: () => Iterable<readonly [string, Value]>;
    },
  ): void;
  /** An `except` has taken the error. */
  handled(error: WorkflowError): void;
}
