import type { FunctionName } from './functions/start-functions.ts';

const REPORTED = new Set(['WARNING', 'ERROR', 'CRITICAL']);

const RETRY_NOTE = ' (the workflow tries three times: again after about 5, then 15 minutes)';

interface FunctionLine {
  readonly severity?: string;
  readonly message?: string;
  readonly event?: string;
  readonly status?: number;
}

/** What a person at the terminal should see of a function's log line: a warning, or worse. */
export const reportFunctionLine = (name: FunctionName, line: string): string | undefined => {
  if (!line.startsWith('{')) return undefined;
  const { severity, message, event, status } = JSON.parse(line) as FunctionLine;
  if (!severity || !REPORTED.has(severity)) return undefined;
  const isRetried = event === 'call_failed' && (status === 429 || (status ?? 0) >= 500);
  return `  ${severity} ${name}: ${message}${isRetried ? RETRY_NOTE : ''}\n`;
};
