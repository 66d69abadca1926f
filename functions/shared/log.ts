import type { Warning } from './schema.ts';

type Severity = 'DEBUG' | 'INFO' | 'NOTICE' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** Counts of a run or a chunk; they add up to its number of records. */
export interface RecordCounts {
  readonly records_new: number;
  readonly records_updated: number;
  readonly records_unchanged: number;
  readonly records_errors: number;
  readonly records_superseded: number;
}

/**
 * The events that the functions log, without the contents of records: a builder can be a person.
 */
export type LogEvent =
  | { event: 'call_started'; step: string }
  | { event: 'call_completed'; step: string; duration_ms: number }
  | {
      event: 'call_failed';
      step: string;
      duration_ms: number;
      code: string;
      status: number;
      run_id?: number;
      stack?: string;
    }
  | { event: 'run_opened'; run_id: number; execution_id: string; trigger: string }
  | { event: 'run_abandoned'; run_id: number; execution_id: string }
  | {
      event: 'feed_downloaded';
      run_id: number;
      source: string;
      object: string;
      bytes: number;
      records_total: number;
      chunks_total: number;
    }
  /** Names of columns, not their values. */
  | { event: 'unmapped_columns'; run_id: number; columns: readonly string[] }
  | { event: 'missing_columns'; run_id: number; columns: readonly string[] }
  | ({ event: 'chunk_ingested'; run_id: number; chunk_number: number } & RecordCounts)
  | {
      event: 'records_rejected';
      run_id: number;
      chunk_number: number;
      records: number;
    }
  | ({
      /** `feed_checked` ends a dry run, which consumers must not take for a sync. */
      event: 'sync_completed' | 'feed_checked';
      run_id: number;
      records_total: number;
      records_removed: number;
      records_returned: number;
      duration_ms: number;
    } & RecordCounts)
  | { event: 'sync_warned'; run_id: number; warnings: readonly Warning[] }
  | {
      event: 'sync_failed';
      run_id: number;
      error_message: string;
      failed_at: string;
      records_processed: number;
      error_code: string;
      error_hint: string;
      /** How many chunks are stored, in words. */
      stored: string;
      /** What runs the sync again, and with which argument if the run has no dead letter. */
      command: string;
      argument?: Readonly<Record<string, unknown>>;
    }
  | { event: 'snapshot_taken'; run_id: number; snapshot_date: string; score: number | null };

/** Logs one entry: a sentence for people, the event for machines, `fields` such as the trace. */
export type Log = (
  severity: Severity,
  message: string,
  event: LogEvent,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/**
 * Creates a log that writes one JSON object per line, which is how Cloud Logging reads standard
 * output. A terminal gets only the severity and the sentence.
 * Source: https://cloud.google.com/logging/docs/structured-logging
 */
export function createLog(stream: NodeJS.WritableStream & { readonly isTTY?: boolean }): Log {
  return (severity, message, event, fields) => {
    const line = stream.isTTY
      ? `${severity.padEnd(8)} ${message}`
      : JSON.stringify({ severity, message, ...event, ...fields });
    stream.write(`${line}\n`);
  };
}

/** The log field that ties an entry to the trace of a request, if it has one. */
export function traceFields(
  projectId: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const traceparent = String(headers.traceparent ?? '').split('-')[1];
  const cloudTrace = String(headers['x-cloud-trace-context'] ?? '').split('/')[0];
  const trace = traceparent || cloudTrace;
  return trace ? { 'logging.googleapis.com/trace': `projects/${projectId}/traces/${trace}` } : {};
}
