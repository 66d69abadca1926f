import type { WorkflowError } from '../errors/workflow-error.ts';
import { describeValue } from '../expressions/describe-value.ts';
import { describeFailure } from '../interpreter/runtime/describe-failure.ts';
import type { CallArguments, CallObserver } from '../interpreter/runtime/run.ts';
import { isMap, type MapValue, mapOf, type Value } from '../values/value.ts';
import type { LogContent } from './log-entry.ts';

const LONGEST_EXCEPTION = 1000;
const TYPE = 'type.googleapis.com/google.cloud.workflows.type.EngineCallLog';

interface CallLoggerOptions {
  readonly executionId: string;
  readonly level: string | undefined;
  readonly now: () => number;
  readonly write: (content: Omit<LogContent, 'time'>) => void;
}

export interface CallLogger {
  readonly observe: CallObserver | undefined;
  /** Reports that an `except` caught the error. */
  handled(error: WorkflowError): void;
}

const SILENT: CallLogger = { observe: undefined, handled: () => undefined };
const MOST_RAISED = 100;

/**
 * Creates a logger of call steps, which writes EngineCallLog payloads: all calls for LOG_ALL_CALLS,
 * only exceptions for LOG_ERRORS_ONLY, else nothing. A caught exception is logged once more, for
 * the outermost call that raised it. UNCONFIRMED: that a retry does not log it, and that both
 * levels do.
 */
export function createCallLogger(options: CallLoggerOptions): CallLogger {
  const { level, now, executionId } = options;
  if (level !== 'LOG_ALL_CALLS' && level !== 'LOG_ERRORS_ONLY') return SILENT;
  const logsAll = level === 'LOG_ALL_CALLS';
  // By raised value: the error object is replaced on its way out, its value is not.
  const raised = new Map<Value, () => void>();

  const observe: CallObserver = ({ routine, step, callee, args }) => {
    const startTime = toTime(now());
    const write = (severity: string, state: string, details: Readonly<Record<string, unknown>>) =>
      options.write({
        log: 'workflows.googleapis.com/engine_call',
        severity,
        json: {
          '@type': TYPE,
          executionId,
          activityTime: toTime(now()),
          state,
          step: `${routine}.${step}`,
          callee,
          ...details,
        },
      });
    if (logsAll) write('INFO', 'BEGUN', { begun: describeArguments(args) });
    return {
      succeeded(value) {
        if (!logsAll) return;
        const succeeded = { callStartTime: startTime, response: describeValue(redact(value)) };
        write('INFO', 'SUCCEEDED', { succeeded });
      },
      raised(error: WorkflowError) {
        const exception = describeException(error, startTime);
        write('ERROR', 'EXCEPTION_RAISED', { exceptionRaised: exception });
        const [oldest] = raised.keys();
        if (raised.size >= MOST_RAISED && oldest !== undefined) raised.delete(oldest);
        raised.set(error.value, () =>
          write('INFO', 'EXCEPTION_HANDLED', { exceptionHandled: exception }),
        );
      },
    };
  };
  return {
    observe,
    handled({ value }) {
      raised.get(value)?.();
      raised.delete(value);
    },
  };
}

function describeException(error: WorkflowError, callStartTime: string) {
  const [origin] = error.frames ?? [];
  return {
    callStartTime,
    exception: describeFailure(error).context.slice(0, LONGEST_EXCEPTION),
    ...(origin === undefined ? {} : { origin: `${origin.routine}.${origin.step}` }),
  };
}

function describeArguments(args: CallArguments): Readonly<Record<string, unknown>> {
  const describe = (value: Value) => describeValue(redact(value));
  if (args.kind === 'positional') return { args: args.values.map(describe) };
  const named = [...args.values].map(([name, value]) => [name, describe(value)]);
  return { namedArgs: Object.fromEntries(named) };
}

// An Authorization header is never logged.
function redact(value: Value): Value {
  if (!isMap(value)) return value;
  return mapOf([...redactEntries(value)]);
}

function* redactEntries(map: MapValue): Generator<readonly [string, Value]> {
  for (const [name, value] of map) {
    if (name.toLowerCase() === 'authorization') yield [name, '[REDACTED]'];
    else yield [name, isMap(value) ? redact(value) : value];
  }
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
