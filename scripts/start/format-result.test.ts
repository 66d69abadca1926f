import { expect, test } from 'vitest';
import type { SyncRun } from '../../functions/shared/schema.ts';
import { formatResult } from './format-result.ts';
import type { SyncResult } from './run-sync.ts';

const COMPLETED: SyncRun = {
  id: 7,
  execution_id: 'an-execution',
  trigger: 'manual',
  message_id: null,
  file_path: null,
  started_at: new Date(0),
  completed_at: new Date(3_000),
  status: 'completed',
  records_total: 25_000,
  records_new: 24_000,
  records_updated: 500,
  records_unchanged: 490,
  records_errors: 7,
  records_superseded: 3,
  records_removed: 1_200,
  records_returned: 2,
  chunks_total: 5,
  feed_records: 25_000,
  partial: false,
  accept_shrink: false,
  feed_columns: [],
  accept_drift: false,
  accept_outdated: false,
  dry_run: false,
  source: 'made_up',
  feed_run: 7,
  feed_at: new Date(0),
  warnings: [],
  download_ms: 1,
  error_code: null,
  error_hint: null,
  error_message: null,
  snapshot_path: null,
  duration_ms: 3_000,
  resumed_from: null,
};

const CHECKED = {
  dry_run: true,
  records_total: 0,
  chunks_total: 0,
} satisfies Partial<SyncRun>;

const SHRANK = {
  code: 'feed_shrank',
  message: 'The feed has 9 records, under 95 % of the usual 300',
  hint: 'If it is a part of the feed, sync it with --partial',
};
const UNMAPPED = { code: 'unmapped_columns', message: 'The feed has HERITAGE' };

function format(run: Partial<SyncRun>, others: Partial<SyncResult> = {}): readonly string[] {
  const execution = { name: 'projects/p/executions/an-execution', state: 'SUCCEEDED' };
  const sync_run = { ...COMPLETED, ...run };
  return formatResult({ execution, sync_run, snapshot: null, ...others })
    .split('\n')
    .slice(0, -1);
}

test('a completed run ends with its counts, who left and who came back, and the score', () => {
  expect(format({}, { snapshot: { effectiveness_score: 12 } })).toEqual([
    '  execution   an-execution',
    '  run         7',
    '  status      completed',
    '  total       25,000',
    '  new         24,000',
    '  updated     500',
    '  unchanged   490',
    '  errors      7',
    '  superseded  3',
    '  removed     1,200',
    '  returned    2',
    '  duration    3.0 s',
    '  score       12',
  ]);
});

test('each warning is a line', () => {
  const warnings = [
    { code: 'many_changes', message: 'unusually many changed: status in 500 permits' },
    { code: 'many_removed', message: '1,200 permits left the feed' },
  ];
  expect(format({ warnings }).slice(-2)).toEqual([
    '  warning     many_changes: unusually many changed: status in 500 permits',
    '  warning     many_removed: 1,200 permits left the feed',
  ]);
});

test('a failed run ends with its error and what to do', () => {
  const failed = { status: 'failed', error_hint: 'Start a sync with --partial' } as const;
  expect(format(failed, { error: 'feed_shrank: 9 records' }).slice(-2)).toEqual([
    '  error       feed_shrank: 9 records',
    '  hint        Start a sync with --partial',
  ]);
});

test('a dry run has no counts, but what the checks found, and says that nothing was stored', () => {
  expect(format({ ...CHECKED, warnings: [SHRANK, UNMAPPED] })).toEqual([
    '  execution   an-execution',
    '  run         7',
    '  status      completed',
    '  dry run     nothing was stored',
    '  total       25,000',
    `  would fail  feed_shrank: ${SHRANK.message}`,
    `  hint        ${SHRANK.hint}`,
    `  found       unmapped_columns: ${UNMAPPED.message}`,
    '  duration    3.0 s',
  ]);
});

test('a dry run that found nothing says so', () => {
  expect(format(CHECKED)).toContain('  found       nothing');
});

test('a dry run that failed does not say that it found nothing', () => {
  const failed = { ...CHECKED, status: 'failed', feed_records: null } as const;
  const lines = format(failed, { error: 'feed_malformed: byte 4' });
  expect(lines).not.toContain('  found       nothing');
  expect(lines.at(-1)).toBe('  error       feed_malformed: byte 4');
});

test('a sync without a run shows the state of its execution', () => {
  const execution = { name: 'executions/an-execution', state: 'CANCELLED' };
  expect(formatResult({ execution, sync_run: null, snapshot: null, error: 'CANCELLED' })).toBe(
    '  execution   an-execution\n  status      CANCELLED\n  error       CANCELLED\n',
  );
});
