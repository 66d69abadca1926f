import { randomUUID } from 'node:crypto';
import { markRemoved } from '../../finalize/mark-removed.ts';
import type { Context } from '../../shared/context.ts';
import { closeRun, openRun } from '../../shared/sync-runs.ts';
import { takeSnapshot } from '../take-snapshot.ts';

/** @returns the rows of a statement. */
export async function query({ pool }: Context, text: string, values: readonly unknown[] = []) {
  const { rows } = await pool.query(text, [...values]);
  return rows;
}

/** Empties every table that a snapshot reads or writes. */
export function removeLinkedData(context: Context) {
  return query(
    context,
    `truncate sync_runs, stored_permits, trades, permit_trades, builders, parcels, permit_parcels,
       neighbourhoods, coa_applications, data_quality_snapshots restart identity cascade`,
  );
}

/** A failure that only has a message. */
export function failureOf(message: string) {
  return { code: null, message, hint: null };
}

/** Adds a run that has completed, or failed with an error message. */
export async function addRun(context: Context, errorMessage?: string): Promise<number> {
  const { id } = await openRun(context, { executionId: randomUUID(), trigger: 'manual' });
  await context.db.transaction().execute(async (trx) => {
    const outcome =
      errorMessage === undefined
        ? await markRemoved(trx, { id, partial: false })
        : { failure: failureOf(errorMessage) };
    await closeRun(trx, id, outcome);
  });
  return id;
}

/** Adds a permit of the feed of `runId`, with nothing linked to it. */
export async function addPermit(
  context: Context,
  runId: number,
  permitNum: string,
  columns: Readonly<Record<string, unknown>> = {},
) {
  const [run] = await query(
    context,
    `select started_at, id < (select max(id) from sync_runs where status = 'completed') as is_removed
     from sync_runs
     where id = $1`,
    [runId],
  );
  const row = {
    permit_num: permitNum,
    revision_num: '00',
    permit_type: 'New Houses',
    data_hash: Buffer.alloc(32),
    first_seen_at: run.started_at,
    first_seen_run: runId,
    last_seen_at: run.started_at,
    written_by_run: runId,
    written_by_chunk: 1,
    is_removed: run.is_removed,
    ...columns,
  };
  const names = Object.keys(row);
  const places = names.map((_, index) => `$${index + 1}`);
  const insert = `insert into stored_permits (${names}) values (${places})`;
  return query(context, insert, Object.values(row));
}

/** Reads every row of data_quality_snapshots. */
export function readSnapshots(context: Context) {
  return query(context, 'select * from data_quality_snapshots');
}

/** Takes a snapshot; returns the response and the row. */
export async function snapshot(context: Context, runId: number) {
  const response = await takeSnapshot(context, { run_id: runId });
  const [row] = await readSnapshots(context);
  return { response, row };
}
