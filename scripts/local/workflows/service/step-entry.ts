import type { TraceKind, TraceProgress } from '../interpreter/runtime/trace.ts';
import type { Value } from '../values/value.ts';

export type StepEntryState = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** What happened at one step, or in one block of it. */
export interface StepEntry {
  /** Counts up from 1 in each execution. */
  readonly id: number;
  readonly parent: number | undefined;
  readonly kind: TraceKind;
  readonly routine: string;
  readonly step: string;
  readonly thread: string;
  readonly progress: TraceProgress | undefined;
  /** How often a loop will go round, or how many branches there are. */
  readonly expected: number | undefined;
  readonly state: StepEntryState;
  /** Unix seconds */
  readonly createTime: number;
  /** Unix seconds */
  readonly updateTime: number;
  /** JSON of what was raised. */
  readonly exception: string | undefined;
  /** Those in scope at the end, of an execution with detailed history. */
  readonly variables: readonly (readonly [string, Value])[] | undefined;
}
