import type { Revision } from './revision.ts';

export interface Project {
  readonly id: string;
  readonly number: string;
  readonly location: string;
  readonly serviceAccount: string;
}

/** Lists the built-in environment variables that `sys.get_env` reads. */
export function describeEnvironment(
  project: Project,
  { workflowId, revisionId, serviceAccount }: Revision,
  executionId: string,
): Readonly<Record<string, string>> {
  return {
    GOOGLE_CLOUD_LOCATION: project.location,
    GOOGLE_CLOUD_PROJECT_ID: project.id,
    GOOGLE_CLOUD_PROJECT_NUMBER: project.number,
    GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME: serviceAccount.split('/').at(-1) || project.serviceAccount,
    GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: executionId,
    GOOGLE_CLOUD_WORKFLOW_ID: workflowId,
    GOOGLE_CLOUD_WORKFLOW_REVISION_ID: revisionId,
  };
}
