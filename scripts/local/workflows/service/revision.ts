/**
 * A deployment of a workflow. Omitted fields keep their values; in a new workflow they are empty.
 */
export interface Deployment {
  readonly workflowId: string;
  /** YAML or JSON. */
  readonly source: string;
  readonly envVars?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  readonly callLogLevel?: string;
  readonly executionHistoryLevel?: string;
}

/** A revision of a workflow, in the terms of the Workflows API v1. Times are RFC 3339. */
export interface Revision {
  readonly workflowId: string;
  /** For example `000001-a4d`. */
  readonly revisionId: string;
  readonly createTime: string;
  readonly updateTime: string;
  readonly revisionCreateTime: string;
  readonly source: string;
  readonly envVars: Readonly<Record<string, string>>;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty means the project's default. */
  readonly serviceAccount: string;
  readonly callLogLevel?: string;
  readonly executionHistoryLevel?: string;
}
