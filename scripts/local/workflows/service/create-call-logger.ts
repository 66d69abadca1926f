import type { WorkflowError } from '../errors/workflow-error.ts';
import { describeValue } from '../expressions/describe-value.ts';
import { describeFailure } from '../interpreter/describe-failure.ts';
import type { CallArguments, CallObserver } from '../interpreter/run.ts';
import { isMap, type MapValue, mapOf, type Value } from '../values/value.ts';
import type { LogContent } from './log-entry.ts';

const TYPE = 'type.googleapis.com/google.cloud.workflows.type.EngineCallLog';

type CallLoggerOptions = {
  readonly executionId: string;
  readonly level: string | undefined;
  readonly now: () => number;
  readonly write: (content: Omit<LogContent, 'time'>) => void;
};

/**
 * Logs what call steps begin and how they end, as EngineCallLog payloads: everything for
 * LOG_ALL_CALLS, exceptions for LOG_ERRORS_ONLY, else nothing. EXCEPTION_HANDLED is not logged.
 */
export function createCallLogger(options: CallLoggerOptions): CallObserver | undefined {
  const { level, now, executionId } = options;
  if (level !== 'LOG_ALL_CALLS' && level !== 'LOG_ERRORS_ONLY') return undefined;
  const logsAll = level === 'LOG_ALL_CALLS';

  return ({ routine, step, callee, args }) => {
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
        write('ERROR', 'EXCEPTION_RAISED', {
          exceptionRaised: {
            callStartTime: startTime,
            exception: describeFailure(error).context,
            origin: `${routine}.${step}`,
          },
        });
      },
    };
  };
}

function describeArguments(args: CallArguments): Readonly<Record<string, unknown>> {
  if (args.kind === 'positional') return { args: args.values.map((value) => describeValue(value)) };
  const named = [...args.values].map(([name, value]) => [name, describeValue(redact(value))]);
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
