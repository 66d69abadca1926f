import type { LogEntry } from '../workflows/service/log-entry.ts';
import { reportLogLine } from './report-log-line.ts';

interface Payload {
  readonly message?: string;
  /** In the entry that the service writes when an execution has failed. */
  readonly failure?: { readonly exception: string };
  /** In the entry of a failed call, if calls are logged. */
  readonly exceptionRaised?: { readonly exception: string };
}

const LONGEST_MESSAGE = 500;

/** Formats a workflow's log entry for the terminal if it is a warning or worse. */
export function reportWorkflowEntry(entry: LogEntry): string | undefined {
  return reportLogLine({
    source: entry.resource.labels.workflow_id,
    severity: entry.severity,
    message: describe(entry).slice(0, LONGEST_MESSAGE),
  });
}

function describe({ textPayload, jsonPayload }: LogEntry): string {
  if (textPayload !== undefined) return textPayload;
  const { message, failure, exceptionRaised }: Payload = jsonPayload ?? {};
  const exception = (failure ?? exceptionRaised)?.exception;
  if (exception === undefined) return message ?? JSON.stringify(jsonPayload);
  const [firstLine] = exception.split('\n');
  return message === undefined ? `${firstLine}` : `${message}: ${firstLine}`;
}
