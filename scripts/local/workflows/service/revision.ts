/** What is deployed. What is left out stays as it was, or is empty for a new workflow. */
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

/** A revision of a workflow, as the Workflows API v1 tells of it. Times are RFC 3339. */
export interface Revision {
  readonly workflowId: string;
  /** `000001-a4d` */
  readonly revisionId: string;
  readonly createTime: string;
  readonly updateTime: string;
  readonly revisionCreateTime: string;
  readonly source: string;
  readonly envVars: Readonly<Record<string, string>>;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty for the project's default one. */
  readonly serviceAccount: string;
  readonly callLogLevel?: string;
  readonly executionHistoryLevel?: string;
}
