import type { Context } from '../shared/context.ts';
import { permanent } from '../shared/errors.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { SnapshotRequest, SnapshotResponse } from './contract.ts';

const TAKE_SNAPSHOT = readSqlFile('take-snapshot');

/**
 * Measures today's data quality and upserts the day's row.
 *
 * @throws SyncError `run_not_found` (404).
 */
export const takeSnapshot = async (
  { log, pool }: Context,
  { run_id }: SnapshotRequest,
): Promise<SnapshotResponse> => {
  const { rows } = await pool.query<{
    snapshot_date: string;
    effectiveness_score: string | null;
  }>(TAKE_SNAPSHOT, [run_id]);
  const [row] = rows;
  if (!row) throw permanent('run_not_found', `There is no run ${run_id}`, { status: 404 });
  const { snapshot_date, effectiveness_score } = row;
  const score = effectiveness_score === null ? null : Number(effectiveness_score);
  log('INFO', `Snapshot of ${snapshot_date}: score ${score ?? 'none'}`, {
    event: 'snapshot_taken',
    run_id,
    snapshot_date,
    score,
  });
  return { snapshot_date, effectiveness_score: score };
};
