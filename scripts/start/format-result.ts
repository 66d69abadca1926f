import type { SyncRun } from '../../functions/shared/schema.ts';
import type { SyncResult } from './run-sync.ts';

type Row = readonly [name: string, value: string];

function count(value: number): string {
  return value.toLocaleString('en');
}

/** Formats a sync's result as a short table. */
export function formatResult({ execution, sync_run: run, snapshot, error }: SyncResult): string {
  const rows: Row[] = [['execution', execution.name.split('/').at(-1) ?? '']];
  if (run) {
    rows.push(['run', String(run.id)], ['status', run.status]);
    rows.push(...(run.dry_run ? listChecks(run) : listCounts(run)));
    rows.push(['duration', `${((run.duration_ms ?? 0) / 1000).toFixed(1)} s`]);
  } else rows.push(['status', execution.state]);
  if (snapshot) rows.push(['score', String(snapshot.effectiveness_score ?? 'none')]);
  if (run && !run.dry_run) rows.push(...listWarnings(run));
  if (error) rows.push(['error', error]);
  if (run?.error_hint) rows.push(['hint', run.error_hint]);
  return rows.map(([name, value]) => `  ${name.padEnd(12)}${value}\n`).join('');
}

function listCounts(run: SyncRun): readonly Row[] {
  return [
    ['total', count(run.records_total)],
    ['new', count(run.records_new)],
    ['updated', count(run.records_updated)],
    ['unchanged', count(run.records_unchanged)],
    ['errors', count(run.records_errors)],
    ['superseded', count(run.records_superseded)],
    ['removed', count(run.records_removed)],
    ['returned', count(run.records_returned)],
  ];
}

/** What the checks of a dry run found; what they would refuse comes with what to do about it. */
function listChecks({ warnings, feed_records, status }: SyncRun): readonly Row[] {
  const found = warnings.flatMap(({ code, message, hint }): readonly Row[] =>
    hint === undefined
      ? [['found', `${code}: ${message}`]]
      : [
          ['would fail', `${code}: ${message}`],
          ['hint', String(hint)],
        ],
  );
  return [
    ['dry run', 'nothing was stored'],
    ...(feed_records === null ? [] : [['total', count(feed_records)] as const]),
    ...(found.length === 0 && status === 'completed' ? [['found', 'nothing'] as const] : found),
  ];
}

function listWarnings({ warnings }: SyncRun): readonly Row[] {
  return warnings.map(({ code, message }) => ['warning', `${code}: ${message}`]);
}
