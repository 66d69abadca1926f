import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import { createRouter } from './api/create-router.ts';
import type { Clock } from './clock/clock.ts';
import { createRealClock } from './clock/real-clock.ts';
import { createChildExecutionConnectors } from './connectors/child-execution-connectors.ts';
import type { ConnectorBaseUrls } from './connectors/create-rest-connector.ts';
import { createDefaultConnectors } from './connectors/default-connectors.ts';
import { createNodeFetch } from './http/create-node-fetch.ts';
import type { Fetch } from './http/fetch.ts';
import type { LibraryFunction } from './library/library-function.ts';
import { standardLibrary } from './library/standard-library.ts';
import { createCallbacks } from './service/callbacks.ts';
import { createExecutions, type ExecutionRequest } from './service/create-executions.ts';
import type { Execution } from './service/execution.ts';
import { NO_EXECUTION_ARCHIVE, openExecutionArchive } from './service/execution-archive.ts';
import type { LogEntry } from './service/log-entry.ts';
import type { Deployment, Revision } from './service/revision.ts';
import { NO_WORKFLOW_ARCHIVE, openWorkflowArchive } from './service/workflow-archive.ts';
import { createWorkflowStore } from './service/workflow-store.ts';

export interface WorkflowsServiceOptions {
  readonly projectId: string;
  readonly location: string;
  readonly projectNumber?: string;
  readonly serviceAccount?: string;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Sends the requests of `http.*` and of connectors. Default: one on node:http. */
  readonly fetch?: Fetch;
  /** Besides those for Pub/Sub, Storage and child executions; made with createRestConnector. */
  readonly connectors?: readonly LibraryFunction[];
  /** Where the Google APIs are that connectors call: `{ pubsub: 'http://127.0.0.1:8085' }`. */
  readonly connectorBaseUrls?: ConnectorBaseUrls;
  /** Where the router can be reached, for the URLs of callbacks: `http://127.0.0.1:8080`. */
  readonly baseUrl?: () => string;
  readonly log?: (entry: LogEntry) => void;
  /** Execution ids and `uuid.generate`. Default: random UUIDs. */
  readonly newId?: () => string;
  /** How many executions to remember. Default 1000. */
  readonly keepExecutions?: number;
  /** Where workflows and executions are kept for the next process. Default: nowhere. */
  readonly directory?: string;
}

/** A local Cloud Workflows: the language, and the REST APIs as an Express router. */
export interface WorkflowsService {
  /** Workflows v1 and Workflow Executions v1, to be mounted at the root. */
  readonly router: Router;
  /** Throws LoadError for what the real service would refuse, ApiError for a bad name or variable. */
  deploy(deployment: Deployment): Revision;
  /** Starts an execution of the latest revision. Throws ApiError. */
  createExecution(request: ExecutionRequest): Execution;
  /** Throws ApiError. */
  getExecution(executionId: string): Execution;
  /** Newest first. */
  listExecutions(workflowId: string): readonly Execution[];
  /** Resolves with the finished execution, whatever its state. Rejects with ApiError if there is none. */
  waitForExecution(executionId: string): Promise<Execution>;
  /** Stops it, also in a sleep or a request, and returns it finished. Rejects with ApiError. */
  cancelExecution(executionId: string): Promise<Execution>;
  /** Calls the listener at each change of any execution: a new step, an end. Returns how to stop it. */
  subscribe(listener: (execution: Execution) => void): () => void;
  /** Cancels everything and waits until it has ended. */
  close(): Promise<void>;
}

/** Creates the service. It listens on nothing by itself. */
export function createWorkflowsService(options: WorkflowsServiceOptions): WorkflowsService {
  const { projectId, location, directory, keepExecutions = 1000 } = options;
  const clock = options.clock ?? createRealClock();
  const serviceAccount = options.serviceAccount ?? `workflows@${projectId}.iam.gserviceaccount.com`;
  const newId = options.newId ?? randomUUID;
  const functions = new Map(standardLibrary);
  const workflows = createWorkflowStore(
    functions,
    clock,
    directory === undefined ? NO_WORKFLOW_ARCHIVE : openWorkflowArchive(directory),
  );
  const baseUrl = options.baseUrl ?? (() => 'https://workflowexecutions.googleapis.com');
  const callbacks = createCallbacks({ clock, newId, baseUrl });
  const executions = createExecutions({
    project: {
      id: projectId,
      number: options.projectNumber ?? '123456789012',
      location,
      serviceAccount,
    },
    workflows,
    callbacks,
    functions,
    clock,
    newId,
    fetch: options.fetch ?? createNodeFetch(),
    log: options.log ?? (() => undefined),
    keepExecutions,
    archive:
      directory === undefined
        ? NO_EXECUTION_ARCHIVE
        : openExecutionArchive(directory, keepExecutions),
  });
  for (const connector of [
    ...createDefaultConnectors(options.connectorBaseUrls ?? {}),
    ...createChildExecutionConnectors(executions),
    ...(options.connectors ?? []),
  ]) {
    functions.set(connector.name, connector);
  }
  return {
    router: createRouter({
      projectId,
      location,
      workflows,
      executions,
      callbacks,
      clock,
      newId,
      serviceAccount,
    }),
    deploy: workflows.deploy,
    createExecution: executions.create,
    getExecution: executions.get,
    listExecutions: executions.list,
    waitForExecution: executions.wait,
    cancelExecution: executions.cancel,
    subscribe: executions.subscribe,
    close: executions.close,
  };
}
