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
  /** Default: the system clock. */
  readonly clock?: Clock;
  /** Sends the requests of `http.*` and of connectors. Default: createNodeFetch. */
  readonly fetch?: Fetch;
  /** Connectors besides Pub/Sub, Storage and child executions, made with createRestConnector. */
  readonly connectors?: readonly LibraryFunction[];
  /** Base URLs of the Google APIs that connectors call: `{ pubsub: 'http://127.0.0.1:8085' }`. */
  readonly connectorBaseUrls?: ConnectorBaseUrls;
  /** Where the router is reachable, for callback URLs: `http://127.0.0.1:8080`. */
  readonly baseUrl?: () => string;
  readonly log?: (entry: LogEntry) => void;
  /** Makes execution ids and the values of `uuid.generate`. Default: random UUIDs. */
  readonly newId?: () => string;
  /** Number of executions to keep. Default 1000. */
  readonly keepExecutions?: number;
  /** Keeps workflows and executions for the next process. Default: nothing is kept. */
  readonly directory?: string;
}

/** A local stand-in for Cloud Workflows: the language, and the REST APIs as an Express router. */
export interface WorkflowsService {
  /** Workflows v1 and Workflow Executions v1. Mount it at the root. */
  readonly router: Router;
  /**
   * Deploys a workflow.
   *
   * @throws LoadError for a source that the real service would refuse.
   * @throws ApiError for a bad name or variable.
   */
  deploy(deployment: Deployment): Revision;
  /**
   * Starts an execution of the latest revision.
   *
   * @throws ApiError
   */
  createExecution(request: ExecutionRequest): Execution;
  /** @throws ApiError */
  getExecution(executionId: string): Execution;
  /** Newest first. */
  listExecutions(workflowId: string): readonly Execution[];
  /**
   * Resolves with the finished execution, whatever its state.
   *
   * @throws ApiError if it does not exist.
   */
  waitForExecution(executionId: string): Promise<Execution>;
  /**
   * Stops an execution, even during a sleep or a request, and returns it finished.
   *
   * @throws ApiError
   */
  cancelExecution(executionId: string): Promise<Execution>;
  /** Calls the listener on every change of any execution. Returns a function that unsubscribes. */
  subscribe(listener: (execution: Execution) => void): () => void;
  /** Cancels all executions and waits until they have ended. */
  close(): Promise<void>;
}

/** Creates the service. It does not listen on a port by itself. */
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
