import type { Log } from '../../shared/log.ts';
import { listMissing, listUnmapped } from './compare-columns.ts';

/** Warns of columns that are new in the feed and of columns that it lacks, in one entry each. */
export function reportDrift(log: Log, runId: number, columns: ReadonlySet<string>): void {
  const unmapped = listUnmapped(columns);
  if (unmapped.length > 0) {
    const names = unmapped.join(', ');
    log('WARNING', `Run ${runId}: the feed has unmapped columns: ${names}`, {
      event: 'unmapped_columns',
      run_id: runId,
      columns: unmapped,
    });
  }
  const missing = listMissing(columns);
  if (missing.length > 0) {
    const names = missing.join(', ');
    log('WARNING', `Run ${runId}: the feed lacks columns, which are stored as null: ${names}`, {
      event: 'missing_columns',
      run_id: runId,
      columns: missing,
    });
  }
}
