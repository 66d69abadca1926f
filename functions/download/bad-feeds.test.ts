import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { permitRecord } from '../shared/testing/permit-record.ts';
import {
  BAD_FEEDS,
  BAD_FEEDS_ENVIRONMENT,
  type Completion,
  type Refusal,
} from './testing/bad-feeds.ts';
import { type SyncedFeed, syncFeed } from './testing/sync-feed.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext(BAD_FEEDS_ENVIRONMENT);
  folder = await mkdtemp(join(tmpdir(), 'bad-feeds-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

// Faster than truncating tables with so few rows.
beforeEach(() => context.pool.query('delete from stored_permits; delete from sync_runs'));

function isRefusal(expected: Refusal | Completion): expected is Refusal {
  return typeof expected[0] === 'string';
}

function expectRefusal({ run, error }: SyncedFeed, [code, message]: Refusal): void {
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  expect(run).toMatchObject({
    status: 'failed',
    error_message: expect.stringContaining(`${code}: `),
    snapshot_path: expect.stringContaining(`runs/${run.id}/feed.json`),
    // The feed is refused before any chunk is ingested.
    chunks_total: null,
  });
}

async function expectCompletion(
  { run, error, rejects }: SyncedFeed,
  [stored, ...reasons]: Completion,
): Promise<void> {
  expect(error).toBeUndefined();
  expect(rejects.map(({ reason }) => reason)).toEqual(
    reasons.map((reason) => expect.stringContaining(reason)),
  );
  expect(run).toMatchObject({ status: 'completed', records_errors: reasons.length });
  const { rows } = await context.pool.query('select count(*) from permits');
  expect(rows).toEqual([{ count: stored }]);
}

describe(`each of ${BAD_FEEDS.length} bad feeds has its documented outcome and a run row`, () => {
  test.each(BAD_FEEDS)('%s', async (_, feed, expected) => {
    const synced = await syncFeed(context, folder, feed);
    if (isRefusal(expected)) expectRefusal(synced, expected);
    else await expectCompletion(synced, expected);
    expect(synced.run.records_total).toBe(
      synced.run.records_new + synced.run.records_errors + synced.run.records_superseded,
    );
  });
});

test('unmapped columns are named once in the log, without their values', async () => {
  const records = [1, 2, 3].map((ordinal) => permitRecord(ordinal, { COUNCILLOR: 'A Person' }));
  const before = context.events.length;
  const { run } = await syncFeed(context, folder, JSON.stringify(records));
  const own = context.events.slice(before);
  expect(own.filter(({ event }) => event === 'unmapped_columns')).toEqual([
    {
      event: 'unmapped_columns',
      severity: 'WARNING',
      run_id: run.id,
      columns: ['COUNCILLOR'],
      message: expect.stringContaining('COUNCILLOR'),
    },
  ]);
  expect(own.filter(({ event }) => event === 'missing_columns')).toEqual([]);
  expect(JSON.stringify(own)).not.toContain('A Person');
});

test('missing columns are named once in the log', async () => {
  const records = [1, 2, 3].map((ordinal) => {
    const { WARD_GRID: _, BUILDER_NAME: __, ...left } = permitRecord(ordinal);
    return left;
  });
  const before = context.events.length;
  const { run, error } = await syncFeed(context, folder, JSON.stringify(records));
  expect(error).toBeUndefined();
  const own = context.events.slice(before);
  expect(own.filter(({ event }) => event === 'missing_columns')).toEqual([
    {
      event: 'missing_columns',
      severity: 'WARNING',
      run_id: run.id,
      columns: ['WARD_GRID', 'BUILDER_NAME'],
      message: expect.stringContaining('WARD_GRID, BUILDER_NAME'),
    },
  ]);
});
