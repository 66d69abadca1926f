import { permanent, type SyncError } from '../../shared/errors.ts';
import { FEED_COLUMNS } from '../../shared/mapping/columns.ts';
import { describeUnmapped, listMissing } from './compare-columns.ts';

const KEY_COLUMNS: ReadonlySet<string> = new Set(
  FEED_COLUMNS.filter(([, kind]) => kind === 'key').map(([name]) => name),
);

/**
 * Checks that a feed has all columns of the key, because each record would be a reject. A feed none
 * of whose records could be read passes: they are rejects one by one.
 *
 * @returns `schema_drift` (permanent), which names the columns.
 */
export function checkKeyColumns(
  columns: ReadonlySet<string>,
  runId: number,
): SyncError | undefined {
  const missing = listMissing(columns).filter((name) => KEY_COLUMNS.has(name));
  if (missing.length === 0) return undefined;
  const instead = describeUnmapped(columns);
  return permanent('schema_drift', `The feed's records have no ${missing.join(', ')}${instead}`, {
    runId,
    hint:
      'Compare the feed with FEED_COLUMNS in functions/shared/mapping/columns.ts. The names of the ' +
      'key columns are fixed there and in read-key.ts: if the City renamed one, change the code',
  });
}
