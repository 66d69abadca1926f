import type { Log } from '../../shared/log.ts';
import type { Warning } from '../../shared/schema.ts';
import { listMissing, listUnmapped } from './compare-columns.ts';

interface Columns {
  readonly columns: ReadonlySet<string>;
  /** Those of the last whole feed; undefined if there is none. */
  readonly known: readonly string[] | undefined;
}

/**
 * Logs the unmapped columns that are new in the feed, and, of the first feed, the mapped columns
 * that it lacks.
 *
 * @returns the same as warnings.
 */
export function reportDrift(
  log: Log,
  runId: number,
  { columns, known }: Columns,
): readonly Warning[] {
  const added = listUnmapped(columns).filter((name) => !known?.includes(name));
  const missing = known ? [] : listMissing(columns);
  const found = [
    ['unmapped_columns', 'The feed has new columns, which are kept in extra', added],
    ['missing_columns', 'The feed lacks columns, which are stored as null', missing],
  ] as const;
  return found
    .filter(([, , names]) => names.length > 0)
    .map(([event, text, names]) => {
      const message = `${text}: ${names.join(', ')}`;
      log('WARNING', `Run ${runId}: ${message}`, { event, run_id: runId, columns: names });
      return { code: event, message, columns: names };
    });
}
