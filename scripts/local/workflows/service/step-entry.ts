import type { TraceKind, TraceProgress } from '../interpreter/runtime/trace.ts';
import type { Value } from '../values/value.ts';

export type StepEntryState = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** The record of one step, or of one block of a step. */
export interface StepEntry {
  /** Counts from 1 in each execution. */
  readonly id: number;
  readonly parent: number | undefined;
  readonly kind: TraceKind;
  readonly routine: string;
  readonly step: string;
  readonly thread: string;
  readonly progress: TraceProgress | undefined;
  /** The number of iterations of a loop, or of branches. */
  readonly expected: number | undefined;
  readonly state: StepEntryState;
  /** Unix seconds */
  readonly createTime: number;
  /** Unix seconds */
  readonly updateTime: number;
  /** The raised value as JSON. */
  readonly exception: string | undefined;
  /** The variables in scope at the end; only with detailed history. */
  readonly variables: readonly (readonly [string, Value])[] | undefined;
}
