import type { Request, Router } from 'express';
import { ApiError } from '../errors/api-error.ts';
import type { Execution } from '../service/execution.ts';
import { createPubsubEvent } from './create-pubsub-event.ts';
import { EXECUTION_FIELDS } from './execution-fields.ts';
import { findExecution, readWorkflowId } from './find-resource.ts';
import { answerList } from './list/answer-list.ts';
import {
  readBody,
  readPath,
  readQuery,
  readString,
  readStringMap,
} from './request/read-request.ts';
import type { RouterOptions } from './router-options.ts';

/** Adds Workflow Executions v1: create, get, list, cancel, exportData and Eventarc's trigger. */
export function addExecutionRoutes(api: Router, options: RouterOptions): void {
  const { executions, workflows } = options;

  api.post('/workflows/:workflow/executions', (request, response) => {
    const body = readBody(request);
    const argument = readString(body, 'argument');
    const labels = readStringMap(body, 'labels');
    const callLogLevel = readString(body, 'callLogLevel');
    const executionHistoryLevel = readString(body, 'executionHistoryLevel');
    response.json(
      executions.create({
        workflowId: readWorkflowId(request, options),
        ...(argument === undefined ? {} : { argument }),
        ...(labels === undefined ? {} : { labels }),
        ...(callLogLevel === undefined ? {} : { callLogLevel }),
        ...(executionHistoryLevel === undefined ? {} : { executionHistoryLevel }),
      }),
    );
  });

  api.get('/workflows/:workflow/executions', (request, response) => {
    const workflowId = readWorkflowId(request, options);
    workflows.find(workflowId);
    const view = readView(request, 'BASIC');
    const { items, next } = answerList(request, executions.list(workflowId), {
      fields: EXECUTION_FIELDS,
      pageSize: { usual: 100, maximum: view === 'FULL' ? 100 : 1000 },
    });
    response.json({
      executions: items.map((execution) => showExecution(execution, view)),
      ...next,
    });
  });

  api.get('/workflows/:workflow/executions/:execution\\:exportData', (request, response) => {
    // UNCONFIRMED: the content of the text. Here it is the execution itself.
    response.json({ data: JSON.stringify(findExecution(request, options)) });
  });

  api.get('/workflows/:workflow/executions/:execution', (request, response) => {
    response.json(showExecution(findExecution(request, options), readView(request, 'FULL')));
  });

  api.post('/workflows/:workflow/executions/:execution\\:cancel', async (request, response) => {
    findExecution(request, options);
    response.json(await executions.cancel(readPath(request, 'execution')));
  });

  api.post('/workflows/:workflow\\:triggerPubsubExecution', (request, response) => {
    const topic = readQuery(request, 'topic');
    const event = createPubsubEvent(readBody(request), options.clock.now(), topic);
    const workflowId = readWorkflowId(request, options);
    response.json(executions.create({ workflowId, argument: JSON.stringify(event) }));
  });
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
