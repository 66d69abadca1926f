import type { Clock } from '../clock/clock.ts';
import { ApiError } from '../errors/api-error.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Functions } from '../library/library-function.ts';
import type { Callbacks } from './callbacks.ts';
import { checkArgument } from './checks/check-argument.ts';
import { checkLabels } from './checks/check-labels.ts';
import { checkLevel } from './checks/check-levels.ts';
import { describeEnvironment, type Project } from './describe-environment.ts';
import { endUnfinished } from './end-unfinished.ts';
import { type Execution, readExecutionId } from './execution.ts';
import type { ExecutionArchive } from './execution-archive.ts';
import { createExecutionStore } from './execution-store.ts';
import type { LogEntry } from './log-entry.ts';
import type { Revision } from './revision.ts';
import { runExecution } from './run-execution.ts';
import { createStepEntries } from './step-entries.ts';
import type { StepEntry } from './step-entry.ts';
import type { WorkflowStore } from './workflow-store.ts';

export interface ExecutionRequest {
  readonly workflowId: string;
  /** JSON text. */
  readonly argument?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly callLogLevel?: string;
  readonly executionHistoryLevel?: string;
}

export interface Executions {
  create(request: ExecutionRequest): Execution;
  get(executionId: string): Execution;
  list(workflowId: string): readonly Execution[];
  wait(executionId: string): Promise<Execution>;
  cancel(executionId: string): Promise<Execution>;
  /**
   * Lists an execution's step entries in the order in which they began.
   *
   * @throws ApiError
   */
  listStepEntries(executionId: string): readonly StepEntry[];
  /** @throws ApiError while the execution is active. */
  deleteStepEntries(executionId: string): void;
  /** Cancels and removes all executions of a workflow. */
  removeAll(workflowId: string): Promise<void>;
  subscribe(listener: (execution: Execution) => void): () => void;
  close(): Promise<void>;
}

export interface ExecutionsOptions {
  readonly project: Project;
  readonly workflows: WorkflowStore;
  readonly callbacks: Callbacks;
  readonly functions: Functions;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly newId: () => string;
  readonly log: (entry: LogEntry) => void;
  readonly keepExecutions: number;
  readonly archive: ExecutionArchive;
}

type Runnable = ReturnType<WorkflowStore['findRunnable']>;
interface Running {
  readonly stop: AbortController;
  readonly finished: Promise<Execution>;
}

/** Creates the registry that starts, finds and stops executions. */
export function createExecutions(options: ExecutionsOptions): Executions {
  const { archive, clock, project, workflows } = options;
  const stepEntries = createStepEntries({ now: clock.now });
  const store = createExecutionStore(options.keepExecutions, stepEntries.remove);
  const running = new Map<string, Running>();
  const listeners = new Set<(execution: Execution) => void>();
  const parent = `projects/${project.id}/locations/${project.location}/workflows`;
  let isClosed = false;
  for (const execution of archive.history) {
    const ended = endUnfinished(execution, toTime(clock.now()));
    store.save(ended);
    if (ended !== execution) archive.save(ended);
  }

  function saveChange(execution: Execution): void {
    store.save(execution);
    if (execution.state !== 'ACTIVE') keep(execution);
    const failures: unknown[] = [];
    for (const listener of listeners) {
      try {
        listener(execution);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  function keep(execution: Execution): void {
    try {
      archive.save(execution);
    } catch (error) {
      // A failure, which may be this very one, is told even if it cannot be kept.
      if (execution.state !== 'FAILED') throw error;
    }
  }

  function start(execution: Execution, { revision, workflow }: Runnable): void {
    const id = readExecutionId(execution);
    const stop = new AbortController();
    const source = {
      projectId: project.id,
      location: project.location,
      workflowId: revision.workflowId,
      revisionId: revision.revisionId,
      executionId: id,
    };
    // Started in a microtask, so the caller has the execution before anything happens in it.
    const finished = Promise.resolve().then(async () => {
      const ended = await runExecution({
        ...options,
        execution,
        revision,
        workflow,
        source,
        trace: stepEntries.trace(id, { isDetailed: isDetailed(execution, revision) }),
        signal: stop.signal,
        builtInEnvironment: describeEnvironment(project, revision, id),
        onChange: saveChange,
      });
      running.delete(id);
      options.callbacks.close(execution.name);
      return ended;
    });
    running.set(id, { stop, finished });
  }

  return {
    create({ workflowId, argument, labels, ...levels }) {
      if (isClosed) throw new ApiError('FAILED_PRECONDITION', 'the service is shutting down');
      const callLogLevel = checkLevel('callLogLevel', levels.callLogLevel);
      const historyLevel = checkLevel('executionHistoryLevel', levels.executionHistoryLevel);
      checkLabels(labels ?? {});
      const runnable = workflows.findRunnable(workflowId);
      const time = toTime(clock.now());
      const execution: Execution = {
        name: `${parent}/${workflowId}/executions/${options.newId()}`,
        state: 'ACTIVE',
        argument: checkArgument(argument),
        createTime: time,
        startTime: time,
        workflowRevisionId: runnable.revision.revisionId,
        status: { currentSteps: [] },
        ...(callLogLevel === undefined ? {} : { callLogLevel }),
        ...(historyLevel === undefined ? {} : { executionHistoryLevel: historyLevel }),
        ...(labels === undefined ? {} : { labels }),
      };
      archive.save(execution);
      store.save(execution);
      start(execution, runnable);
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
    listStepEntries: (executionId) => stepEntries.list(readExecutionId(store.find(executionId))),
    deleteStepEntries(executionId) {
      // UNCONFIRMED: the service's answer for an active execution.
      if (store.find(executionId).state === 'ACTIVE') {
        throw new ApiError('FAILED_PRECONDITION', `execution '${executionId}' is ACTIVE`);
      }
      stepEntries.remove(executionId);
    },
    async removeAll(workflowId) {
      const prefix = `${parent}/${workflowId}/executions/`;
      const ids = store.list(prefix).map(readExecutionId);
      const active = ids.flatMap((id) => running.get(id) ?? []);
      for (const { stop } of active) stop.abort(new Error('the workflow was deleted'));
      await Promise.all(active.map(({ finished }) => finished));
      for (const id of ids) {
        store.remove(id);
        stepEntries.remove(id);
      }
      archive.forget(prefix);
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

function isDetailed(execution: Execution, revision: Revision): boolean {
  // The execution's level overrides the workflow's.
  const level = execution.executionHistoryLevel ?? revision.executionHistoryLevel;
  return level === 'EXECUTION_HISTORY_DETAILED';
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
