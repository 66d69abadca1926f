import type { Request } from 'express';
import { ApiError } from '../errors/api-error.ts';
import type { Execution } from '../service/execution.ts';
import { readPath } from './request/read-request.ts';
import type { RouterOptions } from './router-options.ts';

/**
 * Reads the workflow's id from the path and checks project and location.
 *
 * @throws ApiError
 */
export function readWorkflowId(request: Request, { projectId, location }: RouterOptions): string {
  checkLocation(request, { projectId, location });
  return readPath(request, 'workflow');
}

/**
 * Checks that project and location are this service's.
 *
 * @throws ApiError
 */
export function checkLocation(
  request: Request,
  { projectId, location }: Pick<RouterOptions, 'projectId' | 'location'>,
): void {
  const project = readPath(request, 'project');
  const given = readPath(request, 'location');
  if (project === projectId && (given === location || given === '-')) return;
  throw new ApiError(
    'NOT_FOUND',
    `projects/${project}/locations/${given} is not here; this is projects/${projectId}/locations/${location}`,
  );
}

/**
 * Finds the execution named in the path.
 *
 * @throws ApiError
 */
export function findExecution(request: Request, options: RouterOptions): Execution {
  const workflowId = readWorkflowId(request, options);
  const execution = options.executions.get(readPath(request, 'execution'));
  if (execution.name.includes(`/workflows/${workflowId}/executions/`)) return execution;
  throw new ApiError('NOT_FOUND', `workflow '${workflowId}' has no such execution`);
}
