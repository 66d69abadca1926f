import type { Context } from '../../shared/context.ts';
import { permanent } from '../../shared/errors.ts';
import { readSqlFile } from '../../shared/sql-file.ts';
import { describeUnmapped, listMissing } from './compare-columns.ts';

const READ_LAST_COLUMNS = readSqlFile('read-last-columns');

/**
 * Refuses a feed that lacks a mapped column which the last whole feed had. The City has probably
 * renamed it; a sync would set the column of every permit to null.
 *
 * @throws SyncError `schema_drift` (permanent), which names the columns.
 */
export async function requireKnownColumns(
  { pool }: Context,
  runId: number,
  columns: ReadonlySet<string>,
): Promise<void> {
  const { rows } = await pool.query<{ feed_columns: readonly string[] }>(READ_LAST_COLUMNS);
  const before = new Set(rows[0]?.feed_columns);
  const gone = listMissing(columns).filter((name) => before.has(name));
  if (gone.length === 0) return;
  const instead = describeUnmapped(columns);
  throw permanent('schema_drift', `The feed no longer has ${gone.join(', ')}${instead}`, {
    runId,
    hint: 'If the City has dropped them for good, sync with {"accept_drift": true}, or npm start -- --accept-drift; their values become null',
  });
}
