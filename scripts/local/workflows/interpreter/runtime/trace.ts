import type { WorkflowError } from '../../errors/workflow-error.ts';
import type { Value } from '../../values/value.ts';

/** The kind of a step or block: the Executions API's step types without their prefix. */
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

/** Records the beginning and the end of each step and block. */
export interface Trace {
  begin(begun: {
    /** The enclosing step or block. */
    readonly parent: TraceEntry | undefined;
    readonly kind: TraceKind;
    readonly routine: string;
    readonly step: string;
    readonly thread: string;
    readonly progress?: TraceProgress | undefined;
  }): TraceEntry;
  /** Reports the number of iterations or branches in advance. */
  expect(entry: TraceEntry, count: number): void;
  /** Variables are those in scope at the end. Any error but a WorkflowError is a cancellation. */
  end(
    entry: TraceEntry,
    ended: {
      readonly error?: unknown;
      readonly variables?: () => Iterable<readonly [string, Value]>;
    },
  ): void;
  /** Reports that an `except` caught the error. */
  handled(error: WorkflowError): void;
}
