import type { Failure } from '../interpreter/runtime/describe-failure.ts';
import type { CurrentStep } from '../interpreter/runtime/run.ts';

export type ExecutionState = 'ACTIVE' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** An execution in the form of the Executions API v1. Times are RFC 3339. */
export interface Execution {
  readonly name: string;
  readonly state: ExecutionState;
  /** JSON; `null` if none was given. */
  readonly argument: string;
  /** JSON; set once it has succeeded. */
  readonly result?: string;
  /** Set once it has failed or was cancelled. */
  readonly error?: Failure;
  readonly createTime: string;
  readonly startTime: string;
  readonly endTime?: string;
  /** For example `3.5s`. */
  readonly duration?: string;
  readonly workflowRevisionId: string;
  readonly callLogLevel?: string;
  readonly executionHistoryLevel?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly status: { readonly currentSteps: readonly CurrentStep[] };
}

/** Reads an execution's id: the last part of its name. */
export function readExecutionId({ name }: Execution): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
