import { createHash } from 'node:crypto';
import { checkWorkflow } from '../check/check-workflow.ts';
import type { Clock } from '../clock/clock.ts';
import { ApiError } from '../errors/api-error.ts';
import type { Functions } from '../library/library-function.ts';
import { LoadError } from '../source/load-error.ts';
import { parseWorkflow } from '../source/parse-workflow.ts';
import type { Workflow } from '../source/workflow.ts';
import { checkEnvironment } from './checks/check-environment.ts';
import { checkLabels } from './checks/check-labels.ts';
import { checkLevel } from './checks/check-levels.ts';
import type { Deployment, Revision } from './revision.ts';
import type { WorkflowArchive } from './workflow-archive.ts';

export interface WorkflowStore {
  /**
   * Deploys a workflow. Deploying the same again makes no new revision.
   *
   * @throws LoadError for the source, ApiError for anything else.
   */
  deploy(deployment: Deployment): Revision;
  /**
   * Finds the latest revision, or the given one.
   *
   * @throws ApiError
   */
  find(workflowId: string, revisionId?: string): Revision;
  /**
   * Finds the latest revision and its parsed workflow.
   *
   * @throws ApiError if the workflow does not exist.
   * @throws LoadError for a kept revision that only an earlier version of the engine accepted.
   */
  findRunnable(workflowId: string): { readonly revision: Revision; readonly workflow: Workflow };
  /**
   * Lists a workflow's revisions, newest first.
   *
   * @throws ApiError
   */
  listRevisions(workflowId: string): readonly Revision[];
  /** Lists the latest revision of each workflow. */
  list(): readonly Revision[];
  has(workflowId: string): boolean;
  remove(workflowId: string): void;
}

const WORKFLOW_ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const LONGEST_DESCRIPTION = 1000;
const MOST_REVISIONS = 100;

export function createWorkflowStore(
  functions: Functions,
  clock: Clock,
  archive: WorkflowArchive,
): WorkflowStore {
  const byId = new Map<string, readonly Revision[]>();
  const runnable = new Map<string, Workflow>();
  for (const revisions of archive.workflows) {
    const [latest] = revisions;
    if (latest !== undefined) byId.set(latest.workflowId, revisions);
  }

  function listRevisions(workflowId: string): readonly Revision[] {
    const revisions = byId.get(workflowId);
    if (revisions !== undefined) return revisions;
    throw new ApiError('NOT_FOUND', `workflow '${workflowId}' does not exist`);
  }

  function find(workflowId: string, revisionId?: string): Revision {
    const revisions = listRevisions(workflowId);
    const found =
      revisionId === undefined
        ? revisions[0]
        : revisions.find((revision) => revision.revisionId === revisionId);
    if (found !== undefined) return found;
    throw new ApiError('NOT_FOUND', `workflow '${workflowId}' has no revision '${revisionId}'`);
  }

  return {
    find,
    listRevisions,
    list: () => [...byId.values()].flatMap(([latest]) => (latest === undefined ? [] : [latest])),
    has: (workflowId) => byId.has(workflowId),
    remove(workflowId) {
      listRevisions(workflowId);
      byId.delete(workflowId);
      runnable.delete(workflowId);
      archive.remove(workflowId);
    },
    findRunnable(workflowId) {
      const revision = find(workflowId);
      const workflow = runnable.get(workflowId) ?? loadWorkflow(revision.source, functions);
      runnable.set(workflowId, workflow);
      return { revision, workflow };
    },
    deploy(deployment) {
      checkDeployment(deployment);
      const { workflowId, source } = deployment;
      const workflow = loadWorkflow(source, functions);
      const before = byId.get(workflowId) ?? [];
      const time = new Date(clock.now() * 1000).toISOString();
      const revision = createRevision(deployment, before[0], time);
      const isNew = revision.revisionId !== before[0]?.revisionId;
      const revisions = [revision, ...before.slice(isNew ? 0 : 1)].slice(0, MOST_REVISIONS);
      byId.set(workflowId, revisions);
      runnable.set(workflowId, workflow);
      archive.save(workflowId, revisions);
      return revision;
    },
  };
}

/**
 * Parses and checks a source.
 *
 * @throws LoadError
 */
function loadWorkflow(source: string, functions: Functions): Workflow {
  if (source.trim() === '') throw new LoadError('the source is empty');
  const workflow = parseWorkflow(source);
  checkWorkflow(workflow, functions);
  return workflow;
}

function checkDeployment(deployment: Deployment): void {
  const { workflowId, envVars, labels, description = '' } = deployment;
  if (!WORKFLOW_ID.test(workflowId)) {
    throw new ApiError('INVALID_ARGUMENT', `invalid workflow id '${workflowId}'`);
  }
  checkEnvironment(envVars ?? {});
  checkLabels(labels ?? {});
  if ([...description].length > LONGEST_DESCRIPTION) {
    throw new ApiError(
      'INVALID_ARGUMENT',
      `description is longer than ${LONGEST_DESCRIPTION} characters`,
    );
  }
}

// Only a new source, environment or service account makes a revision; the rest is the workflow's.
function createRevision(
  { callLogLevel, executionHistoryLevel, ...given }: Deployment,
  latest: Revision | undefined,
  time: string,
): Revision {
  const callLevel = checkLevel('callLogLevel', callLogLevel ?? latest?.callLogLevel);
  const historyLevel = checkLevel(
    'executionHistoryLevel',
    executionHistoryLevel ?? latest?.executionHistoryLevel,
  );
  const envVars = given.envVars ?? latest?.envVars ?? {};
  const serviceAccount = given.serviceAccount ?? latest?.serviceAccount ?? '';
  const isSame =
    latest?.source === given.source &&
    latest.serviceAccount === serviceAccount &&
    writeSorted(latest.envVars) === writeSorted(envVars);
  const ordinal = Number(latest?.revisionId.slice(0, 6) ?? 0) + 1;
  return {
    workflowId: given.workflowId,
    revisionId: isSame ? latest.revisionId : createRevisionId(ordinal, given.source),
    createTime: latest?.createTime ?? time,
    updateTime: time,
    revisionCreateTime: isSame ? latest.revisionCreateTime : time,
    source: given.source,
    envVars,
    description: given.description ?? latest?.description ?? '',
    labels: given.labels ?? latest?.labels ?? {},
    serviceAccount,
    ...(callLevel === undefined ? {} : { callLogLevel: callLevel }),
    ...(historyLevel === undefined ? {} : { executionHistoryLevel: historyLevel }),
  };
}

function writeSorted(envVars: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(envVars).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

// Six digits of the ordinal, and three hexadecimal digits that are a hash here, so tests are
// stable.
function createRevisionId(ordinal: number, source: string): string {
  const suffix = createHash('sha256').update(`${ordinal} ${source}`).digest('hex').slice(0, 3);
  return `${String(ordinal).padStart(6, '0')}-${suffix}`;
}
