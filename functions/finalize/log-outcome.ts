import type { Context } from '../shared/context.ts';
import type { Log } from '../shared/log.ts';
import type { SyncRun, Warning } from '../shared/schema.ts';
import { describeRetry } from './describe-retry.ts';

interface Details {
  readonly chunksDone: number;
  /** The run that a refused trigger was to resume. */
  readonly resumes: number | undefined;
}

/** Logs how a run ended. The mail about a failed run is made from the entry. */
export function logOutcome({ config, log }: Context, run: SyncRun, details: Details): void {
  const { chunksDone, resumes } = details;
  const { id, records_total } = run;
  if (run.status === 'completed') {
    const message = run.dry_run
      ? `Run ${id} checked the feed and stored nothing`
      : `Run ${id} completed with ${records_total} records`;
    log('NOTICE', message, {
      event: run.dry_run ? 'feed_checked' : 'sync_completed',
      run_id: id,
      duration_ms: run.duration_ms ?? 0,
      records_total,
      records_new: run.records_new,
      records_updated: run.records_updated,
      records_unchanged: run.records_unchanged,
      records_errors: run.records_errors,
      records_superseded: run.records_superseded,
      records_removed: run.records_removed,
      records_returned: run.records_returned,
    });
    return;
  }
  log('ERROR', `Run ${id} failed: ${run.error_message}`, {
    event: 'sync_failed',
    run_id: id,
    error_message: run.error_message ?? '',
    failed_at: run.completed_at?.toISOString() ?? '',
    records_processed: records_total,
    error_code: run.error_code ?? '',
    error_hint: run.error_hint ?? '',
    stored: describeStored(chunksDone, run.chunks_total),
    ...describeRetry(config, run, resumes),
  });
}

function describeStored(done: number, total: number | null): string {
  if (total === null || done === 0) return 'no chunk is stored';
  return `${done} of ${total} chunks ${done === 1 ? 'is stored and stays' : 'are stored and stay'}`;
}

/** Logs the warnings of a completed run as one event, which alerts are made from. */
export function logWarnings(log: Log, run: SyncRun, warnings: readonly Warning[]): void {
  if (run.status !== 'completed' || run.dry_run || warnings.length === 0) return;
  const messages = warnings.map(({ code, message }) => `${code}: ${message}`);
  log('WARNING', `Run ${run.id} completed with warnings. ${messages.join('. ')}`, {
    event: 'sync_warned',
    run_id: run.id,
    warnings,
  });
}
