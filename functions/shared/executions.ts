import { ExecutionsClient, protos } from '@google-cloud/workflows';
import type { Config } from './config.ts';
import { gaxOptions } from './endpoint.ts';

/** The client of the Workflow Executions API. */
export const createExecutionsClient = (config: Config): ExecutionsClient =>
  new ExecutionsClient(gaxOptions(config));

/** Resource name of the workflow that starts the functions. */
export const workflowPath = (client: ExecutionsClient, config: Config): string =>
  client.workflowPath(config.GOOGLE_CLOUD_PROJECT, config.WORKFLOW_LOCATION, config.WORKFLOW_NAME);

/** @returns true for ACTIVE and QUEUED, which the client gives as a name or, over gRPC, a number. */
export const isActive = (state: unknown): boolean => ACTIVE_STATES.has(state);

const ACTIVE_STATES = new Set<unknown>([
  'ACTIVE',
  'QUEUED',
  protos.google.cloud.workflows.executions.v1.Execution.State.ACTIVE,
]);

/** NOT_FOUND as gRPC and as REST say it. */
const NOT_FOUND = new Set<unknown>([5, 404]);

/** @returns false when the execution has ended, or the service does not know it any more. */
export const isExecutionActive = async (config: Config, executionId: string): Promise<boolean> => {
  const client = createExecutionsClient(config);
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
};
