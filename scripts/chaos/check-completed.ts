import { deepStrictEqual, strictEqual } from 'node:assert';
import type { createModel } from '../../functions/ingest-chunk/testing/merge-model.ts';
import { readHistory, readPermitsAsOf } from '../../functions/ingest-chunk/testing/read-tables.ts';
import type { FeedRecord } from '../../functions/shared/testing/permit-record.ts';
import type { Execution } from '../local/workflows/service/execution.ts';
import type { ChaosCloud } from './start-chaos-cloud.ts';

type Query = ChaosCloud['query'];

/**
 * Checks a completed sync against the model: its run row, permits, history, chunks and the day's
 * snapshot. Nothing else may be left behind: no other row, no transaction, no lock.
 *
 * @throws AssertionError
 */
export async function checkCompleted(
  query: Query,
  model: ReturnType<typeof createModel>,
  feed: readonly FeedRecord[],
  execution: Execution,
): Promise<void> {
  strictEqual(execution.state, 'SUCCEEDED', execution.error?.payload);
  const expected = model.apply(feed);
  const runs = await query(
    `select id::integer, status, records_total, records_new, records_updated, records_unchanged,
       records_errors, records_superseded, records_removed, records_returned
     from sync_runs
     where execution_id = $1`,
    [execution.name.split('/').at(-1)],
  );
  const [{ id, ...run } = { id: 0 }] = runs as { id: number }[];
  deepStrictEqual([run], [{ status: 'completed', ...expected.counts }]);
  deepStrictEqual(await readHistory(query, id), expected.history);
  deepStrictEqual(await readPermitsAsOf(query, id), model.asOf(expected.id));
  deepStrictEqual(await query(UNDONE, [id]), [{ undone: 0 }]);
  deepStrictEqual(await query('select run_id::integer from data_quality_snapshots'), [
    { run_id: id },
  ]);
}

const UNDONE = `
  select count(*)::integer as undone
  from sync_chunks
  where run_id = $1 and status <> 'done'
`;
