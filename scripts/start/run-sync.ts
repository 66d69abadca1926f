import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { createKysely, createPool } from '../../functions/shared/database.ts';
import { createExecutionsClient, workflowPath } from '../../functions/shared/executions.ts';
import type { Database, SyncRun } from '../../functions/shared/schema.ts';
import { findRun } from '../../functions/shared/sync-runs.ts';
import type { LocalCloud } from '../local/start-local-cloud.ts';
import { type ChunkProgress, findSnapshot, readProgress } from './read-progress.ts';

export interface SyncResult {
  readonly execution: { readonly name: string; readonly state: string };
  readonly sync_run: SyncRun | null;
  readonly snapshot: Readonly<Record<string, unknown>> | null;
  readonly error?: string;
}

export interface Progress extends ChunkProgress {
  /** The workflow's current step, as the console would show it. */
  readonly step: string;
}

const POLL_MILLISECONDS = 200;

/** Starts the workflow, as `gcloud workflows run` would, and follows it to its end. */
export async function runSync(
  cloud: LocalCloud,
  argument: Readonly<Record<string, unknown>>,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<SyncResult> {
  const client = await createExecutionsClient(cloud.config);
  const db = createKysely(await createPool(cloud.config));
  try {
    const [{ name }] = await client.createExecution({
      parent: workflowPath(client, cloud.config),
      execution: { argument: JSON.stringify(argument) },
    });
    const executionId = name?.split('/').at(-1) ?? '';
    const ended = cloud.workflows.waitForExecution(executionId);
    await follow({ workflows: cloud.workflows, db, executionId, onProgress, ended, signal });
    if (signal.aborted) await cancel(cloud, executionId);
    const execution = await ended;
    const sync_run = (await findRun(db, executionId)) ?? null;
    return {
      execution: { name: execution.name, state: execution.state },
      sync_run,
      snapshot: sync_run && (await findSnapshot(db, sync_run.id)),
      ...(execution.state === 'SUCCEEDED'
        ? {}
        : { error: sync_run?.error_message ?? execution.error?.payload ?? execution.state }),
    };
  } finally {
    await db.destroy();
    await client.close();
  }
}

interface Followed {
  readonly workflows: LocalCloud['workflows'];
  readonly db: Kysely<Database>;
  readonly executionId: string;
  readonly onProgress: (progress: Progress) => void;
  readonly ended: Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Reports the progress until the execution has ended or is interrupted. */
async function follow({
  workflows,
  db,
  executionId,
  onProgress,
  ended,
  signal,
}: Followed): Promise<void> {
  const state = { ended: false };
  const end = ended.finally(() => {
    state.ended = true;
  });
  while (!state.ended && !signal.aborted) {
    const { currentSteps } = workflows.getExecution(executionId).status;
    const step = currentSteps.find(({ routine }) => routine === 'main')?.step ?? '';
    onProgress({ step, ...(await readProgress(db, executionId)) });
    await Promise.race([end, delay(POLL_MILLISECONDS, undefined, { signal }).catch(() => {})]);
  }
}

/** Cancels the execution and has finalize close its run as failed. */
async function cancel({ functions, workflows }: LocalCloud, execution_id: string) {
  await workflows.cancelExecution(execution_id);
  const response = await fetch(functions.finalize.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ execution_id, outcome: 'failed', error: 'cancelled by the operator' }),
  });
  if (!response.ok) throw new Error(`The run could not be closed: ${await response.text()}`);
}
