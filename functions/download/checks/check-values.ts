import { permanent, type SyncError } from '../../shared/errors.ts';
import { ACCEPT_DRIFT } from './check-known-columns.ts';
import type { ReadColumn, Rehearsed } from './rehearsal.ts';

const MAX_EXAMPLE_LENGTH = 40;

/**
 * Checks that no more than half of a typed column's values cannot be read. The City has probably
 * changed their format; a sync would lose the column of every permit.
 *
 * @returns `schema_drift` (permanent), which names the columns, each with an example.
 */
export function checkValues(
  { columns, isEstimate }: Rehearsed,
  runId: number,
): SyncError | undefined {
  const unreadable = columns.filter((column) => 2 * column.unreadable > column.values);
  if (unreadable.length === 0) return undefined;
  const list = unreadable.map((column) => describeColumn(column, isEstimate ? 'about ' : ''));
  return permanent('schema_drift', `Cannot read ${list.join(', ')}`, {
    runId,
    hint: `If the City has changed the format, clean-value.ts in functions/shared/mapping must learn it; to store the feed without these values, sync with ${ACCEPT_DRIFT}`,
  });
}

function describeColumn({ name, values, unreadable, example }: ReadColumn, about: string) {
  const shown = JSON.stringify(example).slice(0, MAX_EXAMPLE_LENGTH).toWellFormed();
  return `${name} in ${about}${unreadable} of ${values} values, such as ${shown}`;
}
