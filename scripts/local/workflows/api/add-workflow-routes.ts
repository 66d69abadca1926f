import type { Router } from 'express';
import { ApiError } from '../errors/api-error.ts';
import type { Deployment, Revision } from '../service/revision.ts';
import { checkLocation, readWorkflowId } from './find-resource.ts';
import { answerList } from './list/answer-list.ts';
import { createOperations } from './operations.ts';
import { readDeployment } from './request/read-deployment.ts';
import { readPath, readQuery } from './request/read-request.ts';
import type { RouterOptions } from './router-options.ts';
import { WORKFLOW_FIELDS } from './workflow-fields.ts';

/** Adds Workflows v1: create, get, list, patch, delete, listRevisions and operations. */
export function addWorkflowRoutes(api: Router, options: RouterOptions): void {
  const { workflows, executions, projectId, location } = options;
  const parent = `projects/${projectId}/locations/${location}`;
  const operations = createOperations({ parent, now: options.clock.now, newId: options.newId });
  const toName = (workflowId: string) => `${parent}/workflows/${workflowId}`;

  const show = (revision: Revision) => showRevision(revision, options);
  const deploy = (deployment: Deployment) => ({
    '@type': 'type.googleapis.com/google.cloud.workflows.v1.Workflow',
    ...show(workflows.deploy(deployment)),
  });

  api.get('/workflows', (request, response) => {
    checkLocation(request, options);
    const { items, next } = answerList(request, workflows.list(), {
      fields: WORKFLOW_FIELDS,
      pageSize: { usual: 500, maximum: 1000 },
    });
    response.json({ workflows: items.map(show), ...next });
  });

  api.post('/workflows', (request, response) => {
    checkLocation(request, options);
    const workflowId = readQuery(request, 'workflowId');
    if (workflowId === undefined) {
      throw new ApiError('INVALID_ARGUMENT', 'workflowId is required');
    }
    if (workflows.has(workflowId)) {
      throw new ApiError('ALREADY_EXISTS', `workflow '${workflowId}' already exists`);
    }
    const deployment = readDeployment(request, workflowId);
    response.json(operations.perform('create', toName(workflowId), () => deploy(deployment)));
  });

  api.get('/workflows/:workflow\\:listRevisions', (request, response) => {
    const revisions = workflows.listRevisions(readWorkflowId(request, options));
    const { items, next } = answerList(request, revisions, {
      pageSize: { usual: 20, maximum: 100 },
    });
    response.json({ workflows: items.map(show), ...next });
  });

  api.get('/workflows/:workflow', (request, response) => {
    const workflowId = readWorkflowId(request, options);
    response.json(show(workflows.find(workflowId, readQuery(request, 'revisionId'))));
  });

  api.patch('/workflows/:workflow', (request, response) => {
    const workflowId = readWorkflowId(request, options);
    const before = workflows.find(workflowId);
    const deployment = readDeployment(request, workflowId, before);
    response.json(operations.perform('update', toName(workflowId), () => deploy(deployment)));
  });

  api.delete('/workflows/:workflow', async (request, response) => {
    const workflowId = readWorkflowId(request, options);
    workflows.remove(workflowId);
    await executions.removeAll(workflowId);
    const empty = { '@type': 'type.googleapis.com/google.protobuf.Empty' };
    response.json(operations.perform('delete', toName(workflowId), () => empty));
  });

  api.get('/operations', (request, response) => {
    checkLocation(request, options);
    const { items, next } = answerList(request, operations.list(), {
      pageSize: { usual: 100, maximum: 1000 },
    });
    response.json({ operations: items, ...next });
  });

  api
    .route('/operations/:operation')
    .get((request, response) => {
      checkLocation(request, options);
      const operation = operations.find(`${parent}/operations/${readPath(request, 'operation')}`);
      if (operation === undefined) throw new ApiError('NOT_FOUND', 'operation does not exist');
      response.json(operation);
    })
    .delete((request, response) => {
      checkLocation(request, options);
      operations.remove(`${parent}/operations/${readPath(request, 'operation')}`);
      response.json({});
    });
}

function showRevision(
  revision: Revision,
  { projectId, location, serviceAccount }: RouterOptions,
): Readonly<Record<string, unknown>> {
  const account = revision.serviceAccount || serviceAccount;
  return {
    name: `projects/${projectId}/locations/${location}/workflows/${revision.workflowId}`,
    description: revision.description,
    state: 'ACTIVE',
    revisionId: revision.revisionId,
    createTime: revision.createTime,
    updateTime: revision.updateTime,
    revisionCreateTime: revision.revisionCreateTime,
    labels: revision.labels,
    serviceAccount: account.startsWith('projects/')
      ? account
      : `projects/${projectId}/serviceAccounts/${account}`,
    sourceContents: revision.source,
    userEnvVars: revision.envVars,
    ...(revision.callLogLevel === undefined ? {} : { callLogLevel: revision.callLogLevel }),
    ...(revision.executionHistoryLevel === undefined
      ? {}
      : { executionHistoryLevel: revision.executionHistoryLevel }),
  };
}
