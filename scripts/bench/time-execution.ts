import type { GoogleApis } from '../local/start-google-apis.ts';
import { readExecutionId } from '../local/workflows/service/execution.ts';

export interface TimedExecution {
  readonly executionId: string;
  /** From the trigger to the end of the execution. */
  readonly milliseconds: number;
}

/**
 * Runs a workflow to its end and times it.
 *
 * @throws Error with the workflow's error if it does not succeed.
 */
export async function timeExecution(
  { workflows }: Pick<GoogleApis, 'workflows'>,
  workflowId: string,
  argument: Readonly<Record<string, unknown>>,
): Promise<TimedExecution> {
  const startedAt = performance.now();
  const started = workflows.createExecution({ workflowId, argument: JSON.stringify(argument) });
  const executionId = readExecutionId(started);
  const { state, error } = await workflows.waitForExecution(executionId);
  const milliseconds = performance.now() - startedAt;
  if (state === 'SUCCEEDED') return { executionId, milliseconds };
  throw new Error(`Execution ${executionId} of ${workflowId} ended as ${state}: ${error?.payload}`);
}
