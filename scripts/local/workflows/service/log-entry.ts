import type { MapValue } from '../values/value.ts';
import { writeJson } from '../values/write-json.ts';

/** A log entry in the form of Cloud Logging. */
export interface LogEntry {
  readonly logName: string;
  readonly severity: string;
  /** RFC 3339 */
  readonly timestamp: string;
  readonly resource: {
    readonly type: 'workflows.googleapis.com/Workflow';
    readonly labels: { readonly workflow_id: string; readonly location: string };
  };
  readonly labels: Readonly<Record<string, string>>;
  readonly textPayload?: string;
  readonly jsonPayload?: Readonly<Record<string, unknown>>;
}

export interface LogSource {
  readonly projectId: string;
  readonly location: string;
  readonly workflowId: string;
  readonly revisionId: string;
  readonly executionId: string;
}
export interface LogContent {
  readonly log:
    | 'Workflows'
    | 'workflows.googleapis.com/engine_call'
    | 'workflows.googleapis.com/executions_system';
  readonly severity: string;
  /** Unix seconds */
  readonly time: number;
  readonly text?: string;
  readonly json?: Readonly<Record<string, unknown>>;
}

/** Creates an entry of an execution's log. */
export function createLogEntry(source: LogSource, content: LogContent): LogEntry {
  return {
    logName: `projects/${source.projectId}/logs/${encodeURIComponent(content.log)}`,
    severity: content.severity,
    timestamp: new Date(content.time * 1000).toISOString(),
    resource: {
      type: 'workflows.googleapis.com/Workflow',
      labels: { workflow_id: source.workflowId, location: source.location },
    },
    labels: {
      'workflows.googleapis.com/execution_id': source.executionId,
      'workflows.googleapis.com/revision_id': source.revisionId,
    },
    ...(content.text === undefined ? {} : { textPayload: content.text }),
    ...(content.json === undefined ? {} : { jsonPayload: content.json }),
  };
}

/** Converts a map to plain JSON data. Integers beyond 2^53 lose precision, as in JSON.parse. */
export function toPlainJson(value: MapValue): Readonly<Record<string, unknown>> {
  return JSON.parse(writeJson(value));
}
