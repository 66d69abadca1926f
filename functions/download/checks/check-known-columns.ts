import { permanent, type SyncError } from '../../shared/errors.ts';
import { describeUnmapped, listMissing } from './compare-columns.ts';

export const ACCEPT_DRIFT = '{"accept_drift": true}, or npm start -- --accept-drift';

/**
 * Checks that a feed has each mapped column that the last whole feed had (`known`). The City has
 * probably renamed it; a sync would set the column of every permit to null.
 *
 * @returns `schema_drift` (permanent), which names the columns.
 */
export function checkKnownColumns(
  columns: ReadonlySet<string>,
  known: readonly string[],
  runId: number,
): SyncError | undefined {
  const gone = listMissing(columns).filter((name) => known.includes(name));
  if (gone.length === 0) return undefined;
  const instead = describeUnmapped(columns);
  return permanent('schema_drift', `The feed no longer has ${gone.join(', ')}${instead}`, {
    runId,
    hint: `If the City has dropped them for good, sync with ${ACCEPT_DRIFT}; their values become null`,
  });
}
