import type { SyncResult } from './run-sync.ts';

function count(value: number): string {
  return value.toLocaleString('en');
}

/** Formats a sync's result as a short table. */
export function formatResult({ execution, sync_run: run, snapshot, error }: SyncResult): string {
  const rows: (readonly [string, string])[] = [
    ['execution', execution.name.split('/').at(-1) ?? ''],
  ];
  if (run) {
    rows.push(
      ['run', String(run.id)],
      ['status', run.status],
      ['total', count(run.records_total)],
      ['new', count(run.records_new)],
      ['updated', count(run.records_updated)],
      ['unchanged', count(run.records_unchanged)],
      ['errors', count(run.records_errors)],
      ['superseded', count(run.records_superseded)],
      ['duration', `${((run.duration_ms ?? 0) / 1000).toFixed(1)} s`],
    );
  } else rows.push(['status', execution.state]);
  if (snapshot) rows.push(['score', String(snapshot.effectiveness_score ?? 'none')]);
  if (error) rows.push(['error', error]);
  if (run?.error_hint) rows.push(['hint', run.error_hint]);
  return rows.map(([name, value]) => `  ${name.padEnd(12)}${value}\n`).join('');
}
