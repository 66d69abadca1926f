import type { Context } from '../shared/context.ts';
import { permanent } from '../shared/errors.ts';
import { readSqlFile } from '../shared/sql-file.ts';
import type { SnapshotRequest, SnapshotResponse } from './contract.ts';

const MEASURE_QUALITY = readSqlFile('measure-quality');
const UPSERT_SNAPSHOT = readSqlFile('upsert-snapshot');

interface UpsertedSnapshot {
  readonly snapshot_date: string;
  readonly effectiveness_score: string | null;
}

/**
 * Measures today's data quality and upserts today's row.
 *
 * @throws SyncError `run_not_found` (404).
 */
export async function takeSnapshot(
  { log, pool }: Context,
  { run_id }: SnapshotRequest,
): Promise<SnapshotResponse> {
  const measured = await pool.query<{ snapshot: string }>(MEASURE_QUALITY, [run_id]);
  const snapshot = measured.rows[0]?.snapshot;
  if (!snapshot) throw permanent('run_not_found', `Run ${run_id} does not exist`, { status: 404 });
  const { rows } = await pool.query<UpsertedSnapshot>(UPSERT_SNAPSHOT, [snapshot]);
  const { snapshot_date, effectiveness_score } = rows[0] as UpsertedSnapshot;
  const score = effectiveness_score === null ? null : Number(effectiveness_score);
  log('INFO', `Took the snapshot of ${snapshot_date} with score ${score ?? 'none'}`, {
    event: 'snapshot_taken',
    run_id,
    snapshot_date,
    score,
  });
  return { snapshot_date, effectiveness_score: score };
}
