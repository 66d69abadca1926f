import type { Functions } from '../check/check-workflow.ts';
import type { Clock } from '../clock/clock.ts';
import type { Fetch } from '../http/fetch.ts';
import { RUN_LIMITS } from '../interpreter/run-limits.ts';
import { ApiError } from './api-error.ts';
import type { Callbacks } from './callbacks.ts';
import { type Execution, readExecutionId } from './execution.ts';
import { createExecutionStore } from './execution-store.ts';
import type { LogEntry } from './log-entry.ts';
import { runExecution } from './run-execution.ts';
import type { Revision, WorkflowStore } from './workflow-store.ts';

export type ExecutionRequest = {
  readonly workflowId: string;
  /** JSON text. */
  readonly argument?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly callLogLevel?: string;
};

export type Executions = {
  create(request: ExecutionRequest): Execution;
  get(executionId: string): Execution;
  list(workflowId: string): readonly Execution[];
  wait(executionId: string): Promise<Execution>;
  cancel(executionId: string): Promise<Execution>;
  subscribe(listener: (execution: Execution) => void): () => void;
  close(): Promise<void>;
};

export type ExecutionsOptions = {
  readonly project: {
    readonly id: string;
    readonly number: string;
    readonly location: string;
    readonly serviceAccount: string;
  };
  readonly workflows: WorkflowStore;
  readonly callbacks: Callbacks;
  readonly functions: Functions;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly newId: () => string;
  readonly log: (entry: LogEntry) => void;
  readonly keepExecutions: number;
  readonly history: readonly Execution[];
};

type Running = { readonly stop: AbortController; readonly finished: Promise<Execution> };

/** Starts, finds and stops executions. */
export function createExecutions(options: ExecutionsOptions): Executions {
  const { clock, project, workflows } = options;
  const store = createExecutionStore(options.keepExecutions);
  const running = new Map<string, Running>();
  const listeners = new Set<(execution: Execution) => void>();
  const parent = `projects/${project.id}/locations/${project.location}/workflows`;
  let isClosed = false;
  for (const execution of options.history) store.save(endUnfinished(execution));

  function saveChange(execution: Execution): void {
    store.save(execution);
    for (const listener of listeners) listener(execution);
  }

  function start(execution: Execution, revision: Revision): void {
    const id = readExecutionId(execution);
    const stop = new AbortController();
    const source = {
      projectId: project.id,
      location: project.location,
      workflowId: revision.workflowId,
      revisionId: revision.revisionId,
      executionId: id,
    };
    // In a microtask, so that whoever creates an execution has it before anything happens in it.
    const finished = Promise.resolve().then(async () => {
      const ended = await runExecution({
        ...options,
        execution,
        revision,
        source,
        signal: stop.signal,
        builtInEnvironment: describeEnvironment(project, source),
        onChange: saveChange,
      });
      running.delete(id);
      options.callbacks.close(execution.name);
      return ended;
    });
    running.set(id, { stop, finished });
  }

  return {
    create({ workflowId, argument, labels, callLogLevel }) {
      if (isClosed) throw new ApiError('FAILED_PRECONDITION', 'the service is shutting down');
      const revision = workflows.find(workflowId);
      const time = new Date(clock.now() * 1000).toISOString();
      const execution: Execution = {
        name: `${parent}/${workflowId}/executions/${options.newId()}`,
        state: 'ACTIVE',
        argument: checkArgument(argument),
        createTime: time,
        startTime: time,
        workflowRevisionId: revision.revisionId,
        status: { currentSteps: [] },
        ...(callLogLevel === undefined ? {} : { callLogLevel }),
        ...(labels === undefined ? {} : { labels }),
      };
      saveChange(execution);
      start(execution, revision);
      return execution;
    },
    get: store.find,
    list: (workflowId) => store.list(`${parent}/${workflowId}/executions/`),
    async wait(executionId) {
      return (await running.get(executionId)?.finished) ?? store.find(executionId);
    },
    async cancel(executionId) {
      const active = running.get(executionId);
      if (active === undefined) {
        const { state } = store.find(executionId);
        throw new ApiError('FAILED_PRECONDITION', `execution '${executionId}' is ${state} already`);
      }
      active.stop.abort(new Error('the execution was cancelled'));
      return active.finished;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    async close() {
      isClosed = true;
      const all = [...running.values()];
      for (const { stop } of all) stop.abort(new Error('the service is shutting down'));
      await Promise.all(all.map(({ finished }) => finished));
    },
  };
}

// Its process is gone, and nothing of where it was is left.
function endUnfinished(execution: Execution): Execution {
  if (execution.state !== 'ACTIVE') return execution;
  const message = 'the local Cloud Workflows stopped while the execution was running';
  return {
    ...execution,
    state: 'FAILED',
    error: {
      payload: JSON.stringify({ message, tags: ['SystemError'] }),
      context: message,
      stackTrace: { elements: [] },
    },
  };
}

function checkArgument(argument: string | undefined): string {
  if (argument === undefined || argument === '') return 'null';
  if (Buffer.byteLength(argument) > RUN_LIMITS.argumentBytes) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `argument is larger than the limit of ${RUN_LIMITS.argumentBytes} bytes`,
    );
  }
  try {
    JSON.parse(argument);
  } catch {
    throw new ApiError('INVALID_ARGUMENT', 'argument is not valid JSON');
  }
  return argument;
}

function describeEnvironment(
  project: ExecutionsOptions['project'],
  source: { workflowId: string; revisionId: string; executionId: string },
): Readonly<Record<string, string>> {
  return {
    GOOGLE_CLOUD_LOCATION: project.location,
    GOOGLE_CLOUD_PROJECT_ID: project.id,
    GOOGLE_CLOUD_PROJECT_NUMBER: project.number,
    GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME: project.serviceAccount,
    GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: source.executionId,
    GOOGLE_CLOUD_WORKFLOW_ID: source.workflowId,
    GOOGLE_CLOUD_WORKFLOW_REVISION_ID: source.revisionId,
  };
}
