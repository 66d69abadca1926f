import type { ExecutionsClient } from '@google-cloud/workflows';
import type { Config } from './config.ts';
import { type Endpoint, gaxOptions } from './endpoint.ts';

/**
 * Creates a client of the Workflow Executions API, which is loaded here because few calls need it.
 */
export async function createExecutionsClient(endpoint: Endpoint): Promise<ExecutionsClient> {
  const { ExecutionsClient } = await import('@google-cloud/workflows');
  return new ExecutionsClient(gaxOptions(endpoint));
}

type WorkflowName = Pick<Config, 'GOOGLE_CLOUD_PROJECT' | 'WORKFLOW_LOCATION' | 'WORKFLOW_NAME'>;

/** The resource name of the workflow that calls the functions. */
export function workflowPath(client: ExecutionsClient, config: WorkflowName): string {
  return client.workflowPath(
    config.GOOGLE_CLOUD_PROJECT,
    config.WORKFLOW_LOCATION,
    config.WORKFLOW_NAME,
  );
}

/**
 * States of an execution that has not ended: REST gives the name, gRPC the number.
 * Source: google.cloud.workflows.executions.v1.Execution.State
 */
const ACTIVE_STATES = new Set<unknown>(['ACTIVE', 1, 'QUEUED', 6]);

/** @returns true for the state of an execution that has not ended. */
export function isActive(state: unknown): boolean {
  return ACTIVE_STATES.has(state);
}

/** NOT_FOUND in gRPC and in REST. */
const NOT_FOUND = new Set<unknown>([5, 404]);

/** @returns false if the execution has ended, or the service no longer knows it. */
export async function isExecutionActive(config: Config, executionId: string): Promise<boolean> {
  const client = await createExecutionsClient(config);
  try {
    const [{ state }] = await client.getExecution({
      name: `${workflowPath(client, config)}/executions/${executionId}`,
    });
    return isActive(state);
  } catch (error) {
    if (NOT_FOUND.has((error as { code?: unknown }).code)) return false;
    throw error;
  } finally {
    await client.close();
  }
}
