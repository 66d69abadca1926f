import type { Request, Router } from 'express';
import { ApiError } from '../service/api-error.ts';
import type { Deployment, Revision } from '../service/workflow-store.ts';
import { checkPlace, readWorkflowId } from './add-execution-routes.ts';
import type { RouterOptions } from './create-router.ts';
import {
  cutPage,
  readBody,
  readPageSize,
  readPath,
  readQuery,
  readString,
  readStringMap,
} from './read-request.ts';

type Operation = Readonly<Record<string, unknown>> & { readonly name: string };

const MOST_OPERATIONS = 100;

/** Workflows v1: create, get, list, patch, delete, listRevisions, and their operations. */
export function addWorkflowRoutes(api: Router, options: RouterOptions): void {
  const { workflows, projectId, location } = options;
  const parent = `projects/${projectId}/locations/${location}`;
  const operations = new Map<string, Operation>();

  // Deployments are done at once, but clients ask for the operation until it says so.
  function finishOperation(verb: string, target: string, response: object): Operation {
    const time = new Date(options.clock.now() * 1000).toISOString();
    const operation = {
      name: `${parent}/operations/${options.newId()}`,
      metadata: {
        '@type': 'type.googleapis.com/google.cloud.workflows.v1.OperationMetadata',
        createTime: time,
        endTime: time,
        target,
        verb,
        apiVersion: 'v1',
      },
      done: true,
      response,
    };
    operations.set(operation.name, operation);
    const [oldest] = operations.keys();
    if (operations.size > MOST_OPERATIONS && oldest !== undefined) operations.delete(oldest);
    return operation;
  }

  const show = (revision: Revision) => showRevision(revision, parent);
  const showTyped = (revision: Revision) => ({
    '@type': 'type.googleapis.com/google.cloud.workflows.v1.Workflow',
    ...show(revision),
  });

  api.get('/workflows', (request, response) => {
    checkPlace(request, options);
    const pageSize = readPageSize(request, { usual: 500, maximum: 1000 });
    const { items, nextPageToken } = cutPage(workflows.list(), request, pageSize);
    response.json({ workflows: items.map(show), ...(nextPageToken ? { nextPageToken } : {}) });
  });

  api.post('/workflows', (request, response) => {
    checkPlace(request, options);
    const workflowId = readQuery(request, 'workflowId');
    if (workflowId === undefined) {
      throw new ApiError('INVALID_ARGUMENT', 'workflowId is required');
    }
    if (workflows.has(workflowId)) {
      throw new ApiError('ALREADY_EXISTS', `workflow '${workflowId}' already exists`);
    }
    const revision = workflows.deploy(readDeployment(request, workflowId));
    const target = `${parent}/workflows/${workflowId}`;
    response.json(finishOperation('create', target, showTyped(revision)));
  });

  api.get('/workflows/:workflow\\:listRevisions', (request, response) => {
    const revisions = workflows.listRevisions(readWorkflowId(request, options));
    const pageSize = readPageSize(request, { usual: 20, maximum: 100 });
    const { items, nextPageToken } = cutPage(revisions, request, pageSize);
    response.json({ workflows: items.map(show), ...(nextPageToken ? { nextPageToken } : {}) });
  });

  api.get('/workflows/:workflow', (request, response) => {
    const workflowId = readWorkflowId(request, options);
    response.json(show(workflows.find(workflowId, readQuery(request, 'revisionId'))));
  });

  api.patch('/workflows/:workflow', (request, response) => {
    const workflowId = readWorkflowId(request, options);
    const before = workflows.find(workflowId);
    const revision = workflows.deploy(readDeployment(request, workflowId, before));
    const target = `${parent}/workflows/${workflowId}`;
    response.json(finishOperation('update', target, showTyped(revision)));
  });

  api.delete('/workflows/:workflow', (request, response) => {
    const workflowId = readWorkflowId(request, options);
    workflows.remove(workflowId);
    const empty = { '@type': 'type.googleapis.com/google.protobuf.Empty' };
    response.json(finishOperation('delete', `${parent}/workflows/${workflowId}`, empty));
  });

  api.get('/operations/:operation', (request, response) => {
    checkPlace(request, options);
    const operation = operations.get(`${parent}/operations/${readPath(request, 'operation')}`);
    if (operation === undefined) throw new ApiError('NOT_FOUND', 'operation does not exist');
    response.json(operation);
  });
}

// What updateMask does not name stays as it was; without a mask everything given is taken.
function readDeployment(request: Request, workflowId: string, before?: Revision): Deployment {
  const body = readBody(request);
  const mask = readQuery(request, 'updateMask')?.split(',');
  const isMasked = (name: string) => mask === undefined || mask.includes(name);
  const source = isMasked('sourceContents') ? readString(body, 'sourceContents') : undefined;
  const envVars = isMasked('userEnvVars') ? readStringMap(body, 'userEnvVars') : undefined;
  const description = isMasked('description') ? readString(body, 'description') : undefined;
  const labels = isMasked('labels') ? readStringMap(body, 'labels') : undefined;
  const callLogLevel = isMasked('callLogLevel') ? readString(body, 'callLogLevel') : undefined;
  return {
    workflowId,
    source: source ?? before?.source ?? '',
    envVars: envVars ?? before?.envVars ?? {},
    ...(description === undefined ? {} : { description }),
    ...(labels === undefined ? {} : { labels }),
    ...(callLogLevel === undefined ? {} : { callLogLevel }),
  };
}

function showRevision(revision: Revision, parent: string) {
  return {
    name: `${parent}/workflows/${revision.workflowId}`,
    description: revision.description,
    state: 'ACTIVE',
    revisionId: revision.revisionId,
    createTime: revision.createTime,
    updateTime: revision.revisionCreateTime,
    revisionCreateTime: revision.revisionCreateTime,
    labels: revision.labels,
    sourceContents: revision.source,
    userEnvVars: revision.envVars,
    ...(revision.callLogLevel === undefined ? {} : { callLogLevel: revision.callLogLevel }),
  };
}
