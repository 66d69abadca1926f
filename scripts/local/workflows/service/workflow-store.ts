import { createHash } from 'node:crypto';
import { checkWorkflow, type Functions } from '../check/check-workflow.ts';
import type { Clock } from '../clock/clock.ts';
import { LoadError } from '../source/load-error.ts';
import { parseWorkflow } from '../source/parse-workflow.ts';
import type { Workflow } from '../source/workflow.ts';
import { ApiError } from './api-error.ts';
import { checkEnvironment } from './check-environment.ts';

export type Deployment = {
  readonly workflowId: string;
  /** YAML or JSON. */
  readonly source: string;
  readonly envVars?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly callLogLevel?: string;
};

/** A revision in the form of the Workflows API v1, and what runs. */
export type Revision = {
  readonly workflowId: string;
  /** `000001-a4d` */
  readonly revisionId: string;
  /** RFC 3339 */
  readonly createTime: string;
  readonly revisionCreateTime: string;
  readonly source: string;
  readonly envVars: Readonly<Record<string, string>>;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly callLogLevel: string | undefined;
  readonly workflow: Workflow;
};

export type WorkflowStore = {
  /** Throws LoadError, or ApiError for bad environment variables. Deploying the same again changes nothing. */
  deploy(deployment: Deployment): Revision;
  /** The latest revision, or the one named. Throws ApiError. */
  find(workflowId: string, revisionId?: string): Revision;
  /** Newest first. Throws ApiError. */
  listRevisions(workflowId: string): readonly Revision[];
  /** The latest revision of each workflow. */
  list(): readonly Revision[];
  has(workflowId: string): boolean;
  remove(workflowId: string): void;
};

const WORKFLOW_ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

export function createWorkflowStore(functions: Functions, clock: Clock): WorkflowStore {
  const byId = new Map<string, readonly Revision[]>();

  function listRevisions(workflowId: string): readonly Revision[] {
    const revisions = byId.get(workflowId);
    if (revisions === undefined) {
      throw new ApiError('NOT_FOUND', `workflow '${workflowId}' does not exist`);
    }
    return revisions;
  }

  return {
    listRevisions,
    list: () => [...byId.values()].flatMap(([latest]) => (latest === undefined ? [] : [latest])),
    has: (workflowId) => byId.has(workflowId),
    remove(workflowId) {
      listRevisions(workflowId);
      byId.delete(workflowId);
    },
    find(workflowId, revisionId) {
      const revisions = listRevisions(workflowId);
      const found =
        revisionId === undefined
          ? revisions[0]
          : revisions.find((revision) => revision.revisionId === revisionId);
      if (found !== undefined) return found;
      throw new ApiError('NOT_FOUND', `workflow '${workflowId}' has no revision '${revisionId}'`);
    },
    deploy(deployment) {
      const { workflowId, source, envVars = {} } = deployment;
      if (!WORKFLOW_ID.test(workflowId)) {
        throw new ApiError('INVALID_ARGUMENT', `invalid workflow id '${workflowId}'`);
      }
      checkEnvironment(envVars);
      const before = byId.get(workflowId) ?? [];
      const workflow = loadWorkflow(source, functions);
      const [latest] = before;
      const time = new Date(clock.now() * 1000).toISOString();
      const isSame =
        latest?.source === source && JSON.stringify(latest.envVars) === JSON.stringify(envVars);
      const revision: Revision = {
        workflowId,
        revisionId: isSame ? latest.revisionId : createRevisionId(before.length + 1, source),
        createTime: before.at(-1)?.createTime ?? time,
        revisionCreateTime: isSame ? latest.revisionCreateTime : time,
        source,
        envVars,
        description: deployment.description ?? latest?.description ?? '',
        labels: deployment.labels ?? latest?.labels ?? {},
        callLogLevel: deployment.callLogLevel ?? latest?.callLogLevel,
        workflow,
      };
      byId.set(workflowId, [revision, ...(isSame ? before.slice(1) : before)]);
      return revision;
    },
  };
}

/** Parses and checks a source. Throws LoadError. */
export function loadWorkflow(source: string, functions: Functions): Workflow {
  if (source.trim() === '') throw new LoadError('the source is empty');
  const workflow = parseWorkflow(source);
  checkWorkflow(workflow, functions);
  return workflow;
}

// Six digits of the ordinal and three hexadecimal ones: from the source here, so that tests repeat.
function createRevisionId(ordinal: number, source: string): string {
  const suffix = createHash('sha256').update(`${ordinal} ${source}`).digest('hex').slice(0, 3);
  return `${String(ordinal).padStart(6, '0')}-${suffix}`;
}
