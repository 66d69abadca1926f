import type { Clock } from '../clock/clock.ts';
import { describeUnexpected } from '../errors/describe-unexpected.ts';
import { createError } from '../errors/workflow-error.ts';
import type { Fetch } from '../http/fetch.ts';
import { type RunResult, runWorkflow } from '../interpreter/run-workflow.ts';
import { describeFailure } from '../interpreter/runtime/describe-failure.ts';
import type { CurrentStep } from '../interpreter/runtime/run.ts';
import type { Trace } from '../interpreter/runtime/trace.ts';
import type { Functions } from '../library/library-function.ts';
import type { Workflow } from '../source/workflow.ts';
import { parseJson } from '../values/parse-json.ts';
import type { Callbacks } from './callbacks.ts';
import { createCallLogger } from './create-call-logger.ts';
import type { Execution } from './execution.ts';
import {
  createLogEntry,
  type LogContent,
  type LogEntry,
  type LogSource,
  toPlainJson,
} from './log-entry.ts';
import type { Revision } from './revision.ts';

export interface ExecutionRun {
  readonly execution: Execution;
  readonly revision: Revision;
  readonly workflow: Workflow;
  readonly trace: Omit<Trace, 'handled'>;
  readonly source: LogSource;
  readonly functions: Functions;
  readonly callbacks: Callbacks;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  readonly log: (entry: LogEntry) => void;
  readonly newId: () => string;
  readonly builtInEnvironment: Readonly<Record<string, string>>;
  /** Called at the start and on every change; the last one has an end time. */
  readonly onChange: (execution: Execution) => void;
}

/** Runs an execution to its end and returns it finished. Never rejects. */
export async function runExecution(run: ExecutionRun): Promise<Execution> {
  const { clock, revision } = run;
  const threads = new Map<string, CurrentStep>();
  let latest = run.execution;
  const write = (content: Omit<LogContent, 'time'>) =>
    run.log(createLogEntry(run.source, { ...content, time: clock.now() }));
  const change = (changed: Execution) => {
    latest = changed;
    run.onChange(changed);
  };

  // The execution's level overrides the workflow's.
  const callLogger = createCallLogger({
    executionId: run.source.executionId,
    level: latest.callLogLevel ?? revision.callLogLevel,
    now: clock.now,
    write,
  });

  try {
    run.onChange(latest);
    write(describeStart(latest));
    const result = await runWorkflow({
      workflow: run.workflow,
      functions: run.functions,
      argument: parseJson(latest.argument),
      observeCall: callLogger.observe,
      trace: { ...run.trace, handled: callLogger.handled },
      reportStep(thread, current) {
        if (current === undefined) threads.delete(thread);
        else threads.set(thread, current);
        change({ ...latest, status: { currentSteps: listInnermost(threads) } });
      },
      context: {
        clock,
        signal: run.signal,
        fetch: run.fetch,
        generateUuid: run.newId,
        createCallback: (method) => run.callbacks.create(run.execution.name, method),
        awaitCallback: (url, timeoutSeconds) => run.callbacks.wait(url, timeoutSeconds, run.signal),
        readEnvironment: (name) => run.builtInEnvironment[name] ?? revision.envVars[name],
        writeLog: (entry) =>
          write({
            log: 'Workflows',
            severity: entry.severity,
            ...('json' in entry ? { json: toPlainJson(entry.json) } : { text: entry.text }),
          }),
      },
    });
    change(finishExecution(latest, result, clock.now()));
  } catch (error) {
    latest = failExecution(latest, error, clock.now());
    attempt(() => run.onChange(latest));
  }
  attempt(() => write(describeEnd(latest)));
  return latest;
}

/** Whatever threw around the interpreter: parsing, the archive, the log, a subscriber. */
function failExecution(execution: Execution, error: unknown, now: number): Execution {
  const { result: _, ...others } = execution;
  const failure = describeFailure(createError('SystemError', describeUnexpected(error)));
  return finishExecution(others, { state: 'FAILED', failure }, now);
}

/** Does what an execution that has ended cannot fail by. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // The execution has ended, and its error says what failed first.
  }
}

function finishExecution(execution: Execution, result: RunResult, now: number): Execution {
  const seconds = Math.max(0, now - Date.parse(execution.startTime) / 1000);
  return {
    ...execution,
    state: result.state,
    endTime: new Date(now * 1000).toISOString(),
    duration: `${Number(seconds.toFixed(9))}s`,
    ...(result.state === 'SUCCEEDED' ? { result: result.result } : {}),
    ...(result.state === 'FAILED' ? { error: result.failure } : {}),
    // UNCONFIRMED: the error of a cancelled execution.
    ...(result.state === 'CANCELLED'
      ? {
          error: {
            payload: '"Execution cancelled"',
            context: 'Execution cancelled',
            stackTrace: { elements: [] },
          },
        }
      : {}),
  };
}

// A thread that waits for its branches is left out; its branches stand for it.
function listInnermost(threads: ReadonlyMap<string, CurrentStep>): readonly CurrentStep[] {
  const names = [...threads.keys()];
  return [...threads]
    .filter(([thread]) => !names.some((other) => other.startsWith(`${thread}/`)))
    .map(([, current]) => current);
}

const SYSTEM_LOG = 'workflows.googleapis.com/executions_system';
const SYSTEM_LOG_TYPE = 'type.googleapis.com/google.cloud.workflows.type.ExecutionsSystemLog';
const LONGEST_EXCEPTION = 1000;

function describeStart({ argument, startTime }: Execution): Omit<LogContent, 'time'> {
  return {
    log: SYSTEM_LOG,
    severity: 'INFO',
    json: {
      '@type': SYSTEM_LOG_TYPE,
      message: 'Execution started',
      activityTime: startTime,
      state: 'ACTIVE',
      start: { argument },
    },
  };
}

function describeEnd(execution: Execution): Omit<LogContent, 'time'> {
  const { state, endTime, result, error } = execution;
  const [current] = execution.status.currentSteps;
  const failure = {
    exception: (error?.context ?? '').slice(0, LONGEST_EXCEPTION),
    source: current === undefined ? '' : `${current.routine}.${current.step}`,
  };
  return {
    log: SYSTEM_LOG,
    severity: state === 'FAILED' ? 'ERROR' : 'INFO',
    json: {
      '@type': SYSTEM_LOG_TYPE,
      message: `Execution ${state.toLowerCase()}`,
      activityTime: endTime,
      state,
      ...(state === 'SUCCEEDED' ? { success: { result } } : {}),
      ...(state === 'FAILED' ? { failure } : {}),
    },
  };
}
