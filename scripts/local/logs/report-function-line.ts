import type { FunctionName } from '../../../functions/function-names.ts';
import { parseLogLine } from './parse-log-line.ts';
import { reportLogLine } from './report-log-line.ts';

const RETRY_NOTE = ' (the workflow tries three times: again after about 5, then 15 minutes)';

interface FunctionLine {
  readonly severity?: string;
  readonly message?: string;
  readonly event?: string;
  readonly status?: number;
}

/** Formats a function's log line for the terminal if it is a warning or worse. */
export function reportFunctionLine(name: FunctionName, line: string): string | undefined {
  const { severity, message, event, status }: FunctionLine = parseLogLine(line) ?? {};
  const isRetried = event === 'call_failed' && (status === 429 || (status ?? 0) >= 500);
  return reportLogLine({
    source: name,
    severity,
    message: `${message}${isRetried ? RETRY_NOTE : ''}`,
  });
}
