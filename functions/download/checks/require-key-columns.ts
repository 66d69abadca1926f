import { permanent } from '../../shared/errors.ts';
import { DROPPED_COLUMNS, FEED_COLUMNS } from '../../shared/mapping/columns.ts';

const MAX_NAMES = 20;
const MAX_NAME_LENGTH = 60;

const KEY_COLUMNS: ReadonlySet<string> = new Set(
  FEED_COLUMNS.filter(([, kind]) => kind === 'key').map(([name]) => name),
);
const KNOWN: ReadonlySet<string> = new Set(FEED_COLUMNS.map(([name]) => name));

/** @returns the columns that nobody has mapped: at most twenty, long names cut short. */
export function listUnmapped(columns: ReadonlySet<string>): readonly string[] {
  return [...columns]
    .filter((name) => !KNOWN.has(name) && !DROPPED_COLUMNS.has(name))
    .slice(0, MAX_NAMES)
    .map((name) => name.slice(0, MAX_NAME_LENGTH).toWellFormed());
}

/** @returns the mapped columns that are not there; none when nothing is known of the columns. */
export function listMissing(columns: ReadonlySet<string>): readonly string[] {
  return columns.size === 0 ? [] : [...KNOWN].filter((name) => !columns.has(name));
}

/**
 * Refuses a feed in whose records a part of the key has gone: each would be a reject. A feed of
 * which nothing is known passes, since its records say themselves what is wrong with them.
 *
 * @throws SyncError `schema_drift` (permanent) that names the columns.
 */
export function requireKeyColumns(columns: ReadonlySet<string>, runId: number): void {
  const gone = listMissing(columns).filter((name) => KEY_COLUMNS.has(name));
  if (gone.length === 0) return;
  const unmapped = listUnmapped(columns).join(', ');
  const instead = unmapped === '' ? '' : `; columns nobody knows: ${unmapped}`;
  throw permanent('schema_drift', `The feed's records have no ${gone.join(', ')}${instead}`, {
    runId,
    hint: 'If the City renamed it, map the new name',
  });
}
