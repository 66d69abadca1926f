import { createKysely, createPool } from '../../../functions/shared/database.ts';
import { findRun } from '../../../functions/shared/sync-runs.ts';
import type { LocalCloud } from '../start-local-cloud.ts';
import { type Execution, readExecutionId } from '../workflows/service/execution.ts';
import type { ChosenFeed } from './choose-feed.ts';

/**
 * Tells the feed of every run that a cloud's executions complete.
 *
 * @returns a function that ends this.
 */
export async function rememberRuns(
  { config, workflows }: Pick<LocalCloud, 'config' | 'workflows'>,
  feed: Pick<ChosenFeed, 'remember'>,
): Promise<() => Promise<void>> {
  const db = createKysely(await createPool(config));
  const pending = new Set<Promise<void>>();
  const remember = async (execution: Execution) => {
    const run = await findRun(db, readExecutionId(execution));
    if (run) await feed.remember(run);
  };
  const unsubscribe = workflows.subscribe((execution) => {
    if (execution.state !== 'SUCCEEDED') return;
    // Without the database, the next start serves the same day again.
    const remembering = remember(execution)
      .catch(() => {})
      .finally(() => pending.delete(remembering));
    pending.add(remembering);
  });
  return async () => {
    unsubscribe();
    await Promise.all(pending);
    await db.destroy();
  };
}
