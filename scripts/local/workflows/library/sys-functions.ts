import { createError } from '../errors/workflow-error.ts';
import { isMap, type Value } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';
import { expectMap, expectNumber, expectString } from './expect-argument.ts';
import { type CallContext, defineFunction } from './library-function.ts';
import { parseTime } from './parse-time.ts';

const SEVERITIES: ReadonlySet<string> = new Set([
  'DEFAULT',
  'DEBUG',
  'INFO',
  'NOTICE',
  'WARNING',
  'ERROR',
  'CRITICAL',
  'ALERT',
  'EMERGENCY',
]);
const LONGEST_SLEEP_SECONDS = 31_536_000;

export const sysFunctions = [
  defineFunction('sys.get_env(name, default?)', ([name, fallback], context) =>
    getEnvironment(expectString(name, 'name'), fallback, context),
  ),
  defineFunction(
    'sys.log(data?, severity?, text?, json?, timeout?)',
    (args, context) => writeLog(args, context),
    { isBlocking: true },
  ),
  defineFunction('sys.now()', (_args, { clock }) => clock.now()),
  defineFunction(
    'sys.sleep(seconds)',
    ([seconds], context) => sleep(Number(expectNumber(seconds, 'seconds')), context),
    { isBlocking: true },
  ),
  defineFunction(
    'sys.sleep_until(time)',
    ([time], context) =>
      sleep(Math.max(0, parseTime(expectString(time, 'time')) - context.clock.now()), context),
    { isBlocking: true },
  ),
];

function getEnvironment(name: string, fallback: Value | undefined, context: CallContext): Value {
  if (fallback !== undefined) expectString(fallback, 'default');
  const value = context.readEnvironment(name);
  if (value !== undefined) return value;
  // UNCONFIRMED without a default: an error reveals the missing variable, a null would hide it.
  if (fallback === undefined)
    throw createError('KeyError', `environment variable not found: ${name}`);
  return fallback;
}

async function sleep(seconds: number, { clock, signal }: CallContext): Promise<Value> {
  if (!(seconds >= 0 && seconds <= LONGEST_SLEEP_SECONDS)) {
    throw createError(
      'ValueError',
      `seconds must be 0 to ${LONGEST_SLEEP_SECONDS}, not ${seconds}`,
    );
  }
  await clock.sleep(seconds, signal);
  return null;
}

function writeLog(args: readonly (Value | undefined)[], context: CallContext): Value {
  const [data, severityArgument = 'DEFAULT', text, json] = args;
  const severity = expectString(severityArgument, 'severity');
  if (!SEVERITIES.has(severity)) {
    throw createError('ValueError', `unknown severity '${severity}'`);
  }
  if ([data, text, json].filter((argument) => argument !== undefined).length !== 1) {
    throw createError('TypeError', 'sys.log needs exactly one of data, text and json');
  }
  if (json !== undefined) context.writeLog({ severity, json: expectMap(json, 'json') });
  else if (isMap(data)) context.writeLog({ severity, json: data });
  else context.writeLog({ severity, text: toText(data ?? text ?? null) });
  return null;
}

function toText(value: Value): string {
  return typeof value === 'string' ? value : writeJson(value);
}
