import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FeedSource } from '../shared/schema.ts';
import { insertFailedRun } from '../shared/sync-runs.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { findOldFeed } from './find-old-feed.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => context.pool.query('truncate permit_history, sync_runs cascade'));

/** Changes of a permit's field: its number, the field, the old and the new value. */
type Change = readonly [permit: number, field: string, before: string | null, after: string | null];

/** Records a run's changes, and looks for an old feed. */
async function change(source: FeedSource, changes: readonly Change[]) {
  const failure = { code: null, message: 'x', hint: null };
  const request = { executionId: randomUUID(), trigger: 'manual' as const };
  const run = await insertFailedRun(context.db, request, failure);
  if (!run) throw new Error('The run was not inserted');
  for (const values of changes) {
    await context.pool.query(
      `insert into permit_history (
         permit_num, revision_num, permit_type, sync_run_id, field_name, old_value, new_value
       )
       values ($2, '00', 'x', $1, $3, $4, $5)`,
      [run.id, ...values],
    );
  }
  return context.db.transaction().execute((trx) => findOldFeed(trx, { ...run, source }));
}

const FORTH: readonly Change[] = [
  [1, 'status', 'Open', 'Closed'],
  [1, 'completed_date', null, '2026-01-02'],
  [2, 'status', 'Open', 'Closed'],
  [2, 'work', 'a', 'b'],
];
const BACK = FORTH.map(([permit, field, before, after]): Change => [permit, field, after, before]);

test.each(['file', 'url', 'object'] as const)(
  'a %s that takes back the changes before looks old',
  async (source) => {
    expect(await change('city', FORTH)).toEqual([]);
    expect(await change(source, BACK.slice(0, 3))).toEqual([
      {
        code: 'feed_looks_old',
        message: 'The feed looks old: 3 of 3 changes took back the change before',
        changed: 3,
        reverted: 3,
      },
    ]);
  },
);

test.each(['city', 'made_up'] as const)('a feed of the %s never looks old', async (source) => {
  await change(source, FORTH);
  expect(await change(source, BACK)).toEqual([]);
});

test('one change taken back is too few, and so is half of them', async () => {
  await change('file', FORTH);
  expect(await change('file', BACK.slice(0, 1))).toEqual([]);
  const others: readonly Change[] = [
    [3, 'status', 'Open', 'Closed'],
    [3, 'work', null, 'b'],
  ];
  expect(await change('file', [...BACK.slice(1, 3), ...others])).toEqual([]);
});

test('only the previous change counts, and leaving the feed is no change', async () => {
  await change('file', FORTH);
  await change('file', [
    [1, 'status', 'Closed', 'Revoked'],
    [1, 'completed_date', '2026-01-02', '2026-01-03'],
    [1, 'in_feed', 'true', 'false'],
    [2, 'in_feed', 'true', 'false'],
  ]);
  expect(
    await change('file', [
      [1, 'status', 'Revoked', 'Open'],
      [1, 'completed_date', '2026-01-03', null],
      [1, 'in_feed', 'false', 'true'],
      [2, 'in_feed', 'false', 'true'],
    ]),
  ).toEqual([]);
  await change('file', FORTH.slice(2));
  expect(await change('file', BACK.slice(2))).toMatchObject([{ reverted: 2 }]);
  expect(await change('file', FORTH.slice(2))).toMatchObject([{ reverted: 2 }]);
});
