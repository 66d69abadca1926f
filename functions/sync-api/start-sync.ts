import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionsClient } from '@google-cloud/workflows';
import type { Context } from '../shared/context.ts';
import { SyncError } from '../shared/errors.ts';
import { createExecutionsClient, isActive, workflowPath } from '../shared/executions.ts';
import type { SyncRun } from '../shared/schema.ts';
import { findRun } from '../shared/sync-runs.ts';
import type { StartSyncRequest } from './contract.ts';

const POLL_INTERVAL_MS = 500;

/**
 * Starts an execution of the workflow, waits until it ends, and returns its run.
 *
 * @throws SyncError `sync_failed` (500) with the run's error message.
 */
export async function startSync(context: Context, request: StartSyncRequest): Promise<SyncRun> {
  const { config, db } = context;
  const client = await createExecutionsClient(config);
  try {
    const [created] = await client.createExecution({
      parent: workflowPath(client, config),
      execution: { argument: JSON.stringify({ ...request, trigger: 'api' }) },
    });
    const name = created.name ?? '';
    await waitForEnd(client, name);
    const run = await findRun(db, name.split('/').at(-1) ?? '');
    if (run?.status === 'completed') return run;
    throw new SyncError(
      'bug',
      'sync_failed',
      run?.error_message ?? `Execution ${name} ended without a run`,
      {
        ...(run === undefined ? {} : { runId: run.id }),
      },
    );
  } finally {
    await client.close();
  }
}

async function waitForEnd(client: ExecutionsClient, name: string): Promise<void> {
  for (;;) {
    const [{ state }] = await client.getExecution({ name });
    if (!isActive(state)) return;
    await delay(POLL_INTERVAL_MS);
  }
}
