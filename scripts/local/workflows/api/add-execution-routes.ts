import type { Request, Router } from 'express';
import { ApiError } from '../service/api-error.ts';
import type { Execution } from '../service/execution.ts';
import { createPubsubEvent } from './create-pubsub-event.ts';
import type { RouterOptions } from './create-router.ts';
import { filterExecutions, orderExecutions } from './filter-executions.ts';
import {
  cutPage,
  readBody,
  readPageSize,
  readPath,
  readQuery,
  readString,
  readStringMap,
} from './read-request.ts';

/** Workflow Executions v1: create, get, list, cancel, and the trigger that Eventarc uses. */
export function addExecutionRoutes(api: Router, options: RouterOptions): void {
  const { executions, workflows } = options;

  api.post('/workflows/:workflow/executions', (request, response) => {
    const body = readBody(request);
    const argument = readString(body, 'argument');
    const labels = readStringMap(body, 'labels');
    const callLogLevel = readLevel(readString(body, 'callLogLevel'));
    response.json(
      executions.create({
        workflowId: readWorkflowId(request, options),
        ...(argument === undefined ? {} : { argument }),
        ...(labels === undefined ? {} : { labels }),
        ...(callLogLevel === undefined ? {} : { callLogLevel }),
      }),
    );
  });

  api.get('/workflows/:workflow/executions', (request, response) => {
    const workflowId = readWorkflowId(request, options);
    workflows.find(workflowId);
    const view = readView(request, 'BASIC');
    const pageSize = readPageSize(request, { usual: 100, maximum: view === 'FULL' ? 100 : 1000 });
    const all = filterExecutions(executions.list(workflowId), readQuery(request, 'filter'));
    const ordered = orderExecutions(all, readQuery(request, 'orderBy'));
    const { items, nextPageToken } = cutPage(ordered, request, pageSize);
    response.json({
      executions: items.map((execution) => showExecution(execution, view)),
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
  });

  api.get('/workflows/:workflow/executions/:execution', (request, response) => {
    response.json(showExecution(findExecution(request, options), readView(request, 'FULL')));
  });

  api.post('/workflows/:workflow/executions/:execution\\:cancel', async (request, response) => {
    findExecution(request, options);
    response.json(await executions.cancel(readPath(request, 'execution')));
  });

  api.post('/workflows/:workflow\\:triggerPubsubExecution', (request, response) => {
    const event = createPubsubEvent(readBody(request), options.clock.now());
    const workflowId = readWorkflowId(request, options);
    response.json(executions.create({ workflowId, argument: JSON.stringify(event) }));
  });
}

/** The workflow of the path, once project and location are this service's. Throws ApiError. */
export function readWorkflowId(request: Request, { projectId, location }: RouterOptions): string {
  checkPlace(request, { projectId, location });
  return readPath(request, 'workflow');
}

/** Throws ApiError for another project or location than this service's. */
export function checkPlace(
  request: Request,
  { projectId, location }: Pick<RouterOptions, 'projectId' | 'location'>,
): void {
  const project = readPath(request, 'project');
  const place = readPath(request, 'location');
  if (project === projectId && (place === location || place === '-')) return;
  throw new ApiError(
    'NOT_FOUND',
    `projects/${project}/locations/${place} is not here; this is projects/${projectId}/locations/${location}`,
  );
}

function findExecution(request: Request, options: RouterOptions): Execution {
  const workflowId = readWorkflowId(request, options);
  const execution = options.executions.get(readPath(request, 'execution'));
  if (execution.name.includes(`/workflows/${workflowId}/executions/`)) return execution;
  throw new ApiError('NOT_FOUND', `workflow '${workflowId}' has no such execution`);
}

type View = 'BASIC' | 'FULL';

function readView(request: Request, usual: View): View {
  const view = readQuery(request, 'view') ?? usual;
  if (view === 'BASIC' || view === 'FULL') return view;
  if (view === 'EXECUTION_VIEW_UNSPECIFIED') return usual;
  throw new ApiError('INVALID_ARGUMENT', `unknown view '${view}'`);
}

function showExecution(execution: Execution, view: View): Partial<Execution> {
  if (view === 'FULL') return execution;
  const { name, startTime, endTime, duration, state, workflowRevisionId } = execution;
  return {
    name,
    startTime,
    ...(endTime === undefined ? {} : { endTime }),
    ...(duration === undefined ? {} : { duration }),
    state,
    workflowRevisionId,
  };
}

const LEVELS = ['CALL_LOG_LEVEL_UNSPECIFIED', 'LOG_ALL_CALLS', 'LOG_ERRORS_ONLY', 'LOG_NONE'];

function readLevel(level: string | undefined): string | undefined {
  if (level === undefined || level === LEVELS[0]) return undefined;
  if (LEVELS.includes(level)) return level;
  throw new ApiError('INVALID_ARGUMENT', `unknown callLogLevel '${level}'`);
}
