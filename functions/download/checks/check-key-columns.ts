import { permanent } from '../../shared/errors.ts';
import { FEED_COLUMNS } from '../../shared/mapping/columns.ts';
import { describeUnmapped, listMissing } from './compare-columns.ts';

const KEY_COLUMNS: ReadonlySet<string> = new Set(
  FEED_COLUMNS.filter(([, kind]) => kind === 'key').map(([name]) => name),
);

/**
 * Refuses a feed whose records lack a part of the key, because each of them would be a reject. A
 * feed whose columns could not be sampled passes: its records will be rejected one by one.
 *
 * @throws SyncError `schema_drift` (permanent), which names the columns.
 */
export function requireKeyColumns(columns: ReadonlySet<string>, runId: number): void {
  const missing = listMissing(columns).filter((name) => KEY_COLUMNS.has(name));
  if (missing.length === 0) return;
  const instead = describeUnmapped(columns);
  throw permanent('schema_drift', `The feed's records have no ${missing.join(', ')}${instead}`, {
    runId,
    hint:
      'Compare the feed with FEED_COLUMNS in functions/shared/mapping/columns.ts. The names of the ' +
      'key columns are fixed there and in read-key.ts: if the City renamed one, change the code',
  });
}
