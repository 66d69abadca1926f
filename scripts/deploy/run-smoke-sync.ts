import { setTimeout as delay } from 'node:timers/promises';
import {
  createExecutionsClient,
  isActive,
  workflowPath,
} from '../../functions/shared/executions.ts';
import type { StackOutputs } from './stack-outputs.ts';

const POLL_MILLISECONDS = 1_000;

/** Names of Execution.State by number: REST returns the name, gRPC the number. */
const STATES = ['STATE_UNSPECIFIED', 'ACTIVE', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'UNAVAILABLE'];

export interface SmokeResult {
  readonly name: string;
  readonly state: string;
  /** The workflow's result: the closed run. */
  readonly result?: unknown;
  /** The error that the workflow raised. */
  readonly error?: string;
}

/**
 * Starts one sync of the City's feed and follows it to its end. If this process ends first, the
 * sync continues.
 */
export async function runSmokeSync(
  outputs: StackOutputs,
  endpoint: string | undefined,
  onStep: (step: string) => void,
): Promise<SmokeResult> {
  const config = {
    GOOGLE_CLOUD_PROJECT: outputs.project_id,
    GOOGLE_API_ENDPOINT: endpoint,
    WORKFLOW_LOCATION: outputs.region,
    WORKFLOW_NAME: outputs.workflow_name,
  };
  const client = await createExecutionsClient(config);
  try {
    const [{ name: created }] = await client.createExecution({
      parent: workflowPath(client, config),
      execution: { argument: JSON.stringify({ trigger: 'manual' }) },
    });
    const name = created ?? '';
    for (let last = ''; ; ) {
      const [{ state, status, result, error }] = await client.getExecution({ name });
      const step = status?.currentSteps?.find(({ routine }) => routine === 'main')?.step ?? last;
      if (step !== last) onStep(step);
      last = step;
      if (!isActive(state)) {
        return {
          name,
          state: typeof state === 'number' ? (STATES[state] ?? String(state)) : String(state),
          ...(result ? { result: JSON.parse(result) } : {}),
          ...(error ? { error: error.payload ?? error.context ?? 'unknown error' } : {}),
        };
      }
      await delay(POLL_MILLISECONDS);
    }
  } finally {
    await client.close();
  }
}
