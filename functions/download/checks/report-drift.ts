import type { Log } from '../../shared/log.ts';
import { listMissing, listUnmapped } from './require-key-columns.ts';

/** Warns, once each, of columns that have come to the feed and of columns that have gone. */
export function reportDrift(log: Log, runId: number, columns: ReadonlySet<string>): void {
  const unmapped = listUnmapped(columns);
  if (unmapped.length > 0) {
    const names = unmapped.join(', ');
    log('WARNING', `Run ${runId}: the feed has columns that nobody has mapped: ${names}`, {
      event: 'unmapped_columns',
      run_id: runId,
      columns: unmapped,
    });
  }
  const missing = listMissing(columns);
  if (missing.length > 0) {
    const names = missing.join(', ');
    log(
      'WARNING',
      `Run ${runId}: columns have gone from the feed and are stored as null: ${names}`,
      {
        event: 'missing_columns',
        run_id: runId,
        columns: missing,
      },
    );
  }
}
