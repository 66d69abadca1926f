import type { FunctionName } from './functions/start-functions.ts';

const REPORTED = new Set(['WARNING', 'ERROR', 'CRITICAL']);

/** What a person at the terminal should see of a function's log line: a warning, or worse. */
export const reportFunctionLine = (name: FunctionName, line: string): string | undefined => {
  if (!line.startsWith('{')) return undefined;
  const { severity, message } = JSON.parse(line) as { severity?: string; message?: string };
  return severity && REPORTED.has(severity) ? `  ${severity} ${name}: ${message}\n` : undefined;
};
