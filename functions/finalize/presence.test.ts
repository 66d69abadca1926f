import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { syncFeed } from '../download/testing/sync-feed.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../shared/testing/permit-record.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext({ MAX_REJECTED_PERCENT: '100' });
  folder = await mkdtemp(join(tmpdir(), 'presence-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

beforeEach(() =>
  context.pool.query('truncate stored_permits, permit_history, sync_runs restart identity cascade'),
);

async function sync(records: readonly FeedRecord[] | string, partial = false) {
  const feed = typeof records === 'string' ? records : JSON.stringify(records);
  const { run, error } = await syncFeed(context, folder, feed, { partial });
  expect(error).toBeUndefined();
  return run;
}

/** Each permit by the number in its record: its status, and whether it is in the feed. */
async function readPresence() {
  const { rows } = await context.pool.query<{ n: number; status: string; in_feed: boolean }>(
    'select street_num::integer as n, status, in_feed from permits order by n',
  );
  return rows.map(({ n, status, in_feed }) => [n, status, in_feed]);
}

test('a permit whose record is a reject was seen: its last good values stay', async () => {
  await sync([permitRecord(1), permitRecord(2), permitRecord(3)]);
  const bad = permitRecord(1, { ISSUED_DATE: '2016-02-30', STATUS: 'Closed' });
  const run = await sync([bad, permitRecord(2)]);
  expect(run).toMatchObject({ records_errors: 1, records_unchanged: 1 });
  expect(await readPresence()).toEqual([
    [1, 'Permit Issued', true],
    [2, 'Permit Issued', true],
    [3, 'Permit Issued', false],
  ]);
});

test.each([
  ['too large', (text: string) => text.replace('"EXAMPLE"', JSON.stringify('x'.repeat(1_100_000)))],
  ['not JSON', (text: string) => text.replace('212.5', 'NaN')],
])('a record that is %s is told by the key in its first bytes', async (_, spoil) => {
  await sync([permitRecord(1), permitRecord(2)]);
  const records = [spoil(JSON.stringify(permitRecord(1))), JSON.stringify(permitRecord(2))];
  expect(await sync(`[${records.join(', ')}]`)).toMatchObject({ records_errors: 1 });
  expect(await readPresence()).toEqual([
    [1, 'Permit Issued', true],
    [2, 'Permit Issued', true],
  ]);
});

test('a partial feed stores what it has, returns what it brings back, and removes nothing', async () => {
  const first = await sync([permitRecord(1), permitRecord(2), permitRecord(3)]);
  await sync([permitRecord(1), permitRecord(2)]);
  const run = await sync(
    [permitRecord(1, { STATUS: 'Closed' }), permitRecord(3), permitRecord(4)],
    true,
  );
  expect(run).toMatchObject({ partial: true, records_new: 1, records_updated: 1 });
  expect(await readPresence()).toEqual([
    [1, 'Closed', true],
    [2, 'Permit Issued', true],
    [3, 'Permit Issued', true],
    [4, 'Permit Issued', true],
  ]);
  const { rows } = await context.pool.query(
    `select last_seen_at = (select started_at from sync_runs where id = $1) as by_whole_feed
     from permits
     where street_num = '2'`,
    [first.id + 1],
  );
  expect(rows).toEqual([{ by_whole_feed: true }]);
  await sync([permitRecord(1, { STATUS: 'Closed' })]);
  expect((await readPresence()).map(([, , inFeed]) => inFeed)).toEqual([true, false, false, false]);
});
