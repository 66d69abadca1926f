import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finalizeRun } from '../functions/finalize/finalize-run.ts';
import { openRun } from '../functions/shared/sync-runs.ts';
import {
  createTestContext,
  type TestContext,
} from '../functions/shared/testing/create-test-context.ts';
import { takeSnapshot } from '../functions/snapshot/take-snapshot.ts';
import { answerNormally, startTestSync } from '../workflows/testing/start-test-sync.ts';
import {
  extractLabel,
  type LogEntry,
  matchesFilter,
  toLogEntry,
} from './testing/match-log-entry.ts';
import { type Block, blockIn, readTerraform } from './testing/read-terraform.ts';
import { recordLines } from './testing/record-lines.ts';

const terraform = await readTerraform();
let context: TestContext;

beforeAll(async () => {
  context = await createTestContext({ GOOGLE_CLOUD_PROJECT: 'alerts' });
});
afterAll(() => context[Symbol.asyncDispose]());

function policyOf(name: string): Block {
  return terraform.resource(`google_monitoring_alert_policy.${name}`);
}

function logCondition(name: string) {
  const condition = blockIn(blockIn(policyOf(name), 'conditions'), 'condition_matched_log');
  return {
    filter: String(condition.filter),
    extractors: condition.label_extractors as Readonly<Record<string, string>>,
  };
}

function labelsOf(name: string, entry: LogEntry) {
  return Object.fromEntries(
    Object.entries(logCondition(name).extractors).map(([label, extractor]) => [
      label,
      extractLabel(extractor, entry),
    ]),
  );
}

/** The lines that finalize and snapshot write to standard output for a run that fails. */
async function failRun() {
  const { log, lines } = recordLines();
  const body = { code: 'feed_not_found', message: 'there is no feed', hint: 'Look at the path' };
  const error = { body: { error: body } };
  const request = { execution_id: 'an-execution', outcome: 'failed', error } as const;
  const { run_id } = await finalizeRun({ ...context, log }, request);
  await takeSnapshot({ ...context, log }, { run_id });
  return { run_id, lines };
}

/** The lines that finalize writes for a run that completes but cannot be reported. */
async function warn() {
  const { log, lines } = recordLines();
  const execution_id = 'a-doubtful-execution';
  const { id } = await openRun(context, { executionId: execution_id, trigger: 'manual' });
  await context.db.updateTable('sync_runs').set({ chunks_total: 0 }).where('id', '=', id).execute();
  const config = { ...context.config, GOOGLE_API_ENDPOINT: 'http://127.0.0.1:1' };
  await finalizeRun({ ...context, config, log }, { execution_id, outcome: 'completed' });
  return { run_id: id, lines };
}

/** The entries that the workflow logs for a run whose chunk 2 fails permanently. */
async function deadLetter(): Promise<readonly LogEntry[]> {
  const chunk = { error: { code: 'chunk_broken', message: 'no' } };
  const closed = { run_id: 7, error_code: 'chunks_failed', error_hint: 'Mend the chunk' };
  await using sync = await startTestSync((call, nth) => {
    if (call.path === '/finalize') return { status: 200, body: closed };
    const isBroken = call.path === '/ingest-chunk' && call.body.chunk_number === 2;
    return isBroken ? { status: 422, body: chunk } : answerNormally(call, nth);
  });
  await sync.run({});
  return sync.logs.map((entry) => ({ ...entry }));
}

describe('the alert for a failed run', () => {
  test('I09 matches the line that finalize logs and extracts what its mail says', async () => {
    const { run_id, lines } = await failRun();
    const entries = lines.map((line) => toLogEntry(line, 'permit-sync-finalize'));
    const [matching, ...others] = entries.filter((entry) =>
      matchesFilter(logCondition('sync_failed').filter, entry),
    );
    expect(others).toEqual([]);
    expect(labelsOf('sync_failed', matching ?? {})).toEqual({
      run_id: String(run_id),
      error_message: 'feed_not_found: there is no feed',
      error_code: 'feed_not_found',
      error_hint: 'Look at the path',
      failed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      records_processed: '0',
      stored: 'no chunk is stored',
      command: `npm run redrive -- --project alerts --run ${run_id}`,
    });
  });

  test('does not match the same line of another service', () => {
    const entry = toLogEntry('{"severity":"ERROR","event":"sync_failed"}', 'another');
    expect(matchesFilter(logCondition('sync_failed').filter, entry)).toBe(false);
  });
});

test('the alert for a run with warnings matches one line that finalize logs, with each code and message', async () => {
  const { run_id, lines } = await warn();
  const entries = lines.map((line) => toLogEntry(line, 'permit-sync-finalize'));
  const { filter } = logCondition('sync_warned');
  const [matching, ...others] = entries.filter((entry) => matchesFilter(filter, entry));
  expect(others).toEqual([]);
  expect(labelsOf('sync_warned', matching ?? {})).toEqual({
    run_id: String(run_id),
    message: expect.stringMatching(
      /^Run \d+ completed with warnings\. metrics_not_written: The run /,
    ),
  });
});

test('I09 the alert for a dead letter matches the entry that the workflow logs and fills every label', async () => {
  const matching = (await deadLetter()).filter((entry) =>
    matchesFilter(logCondition('dead_letter').filter, entry),
  );
  expect(matching).toHaveLength(1);
  expect(labelsOf('dead_letter', matching[0] ?? {})).toEqual({
    execution_id: expect.stringMatching(/^[\w-]+$/),
    run_id: '7',
    error_message: expect.stringContaining('chunks [2] of run 7'),
    attempts: '1',
    failed_chunks: '[2]',
    error_code: 'chunks_failed',
    error_hint: 'Mend the chunk',
    advice: 'Retrying will not help',
  });
});

test('the score is extracted from the line that snapshot logs', async () => {
  const { lines } = await failRun();
  const metric = terraform.resource('google_logging_metric.score');
  const entries = lines.map((line) => toLogEntry(line, 'permit-sync-snapshot'));
  const matching = entries.filter((entry) => matchesFilter(String(metric.filter), entry));
  expect(matching).toHaveLength(1);
  expect(matching[0]?.jsonPayload).toHaveProperty('score');
  expect(metric.value_extractor).toBe('EXTRACT(jsonPayload.score)');
});

describe('the mails', () => {
  test.each([
    ['sync_failed', 'sync-failed'],
    ['sync_warned', 'sync-warned'],
    ['dead_letter', 'dead-letter'],
  ])('%s fills every placeholder of its template and extracts nothing else', (policy, file) => {
    const template = readFileSync(new URL(`alerts/${file}.md`, import.meta.url), 'utf8');
    const placeholders = [...template.matchAll(/\$\{log\.extracted_label\.(\w+)\}/g)];
    const names = new Set(placeholders.map(([, name]) => name));
    expect(Object.keys(logCondition(policy).extractors).sort()).toEqual([...names].sort());
    const { subject, content } = blockIn(policyOf(policy), 'documentation');
    expect([subject, content]).toEqual([
      `\${local.alert_templates["${file}"].subject}`,
      `\${local.alert_templates["${file}"].content}`,
    ]);
  });

  test('every policy has a subject and instructions, closes by itself and reaches the operators', () => {
    const policies = terraform.resources.filter(
      ({ type }) => type === 'google_monitoring_alert_policy',
    );
    expect(policies).toHaveLength(5);
    for (const { block } of policies) {
      const { subject, content } = blockIn(block, 'documentation');
      expect(subject).toBeTruthy();
      expect(content).toMatch(/type: `|alert_templates/);
      expect(blockIn(block, 'alert_strategy').auto_close).toMatch(/^\d+s$/);
      expect(block.severity).toMatch(/^(WARNING|ERROR|CRITICAL)$/);
      expect(block.notification_channels).toBe(`\${local.alert_channels}`);
    }
  });
});
