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

function readPresenceHistory() {
  return context.pool
    .query(
      `select run_id, split_part(permit_num, ' ', 2)::integer - 100000 as n, old_value, new_value
       from permit_changes
       where field_name = 'in_feed'
       order by id`,
    )
    .then(({ rows }) => rows.map((row) => [row.run_id, row.n, row.old_value, row.new_value]));
}

test('a permit that leaves and comes back has a row for each, and counts once each', async () => {
  const both = [permitRecord(1), permitRecord(2)];
  await sync(both);
  const gone = await sync([permitRecord(1)]);
  expect(gone).toMatchObject({ records_removed: 1, records_returned: 0 });
  const { rows } = await context.pool.query('select run_id, removed_at from permits_removed');
  expect(rows).toEqual([{ run_id: gone.id, removed_at: expect.any(Date) }]);
  const back = await sync(both);
  expect(back).toMatchObject({ records_removed: 0, records_returned: 1, records_unchanged: 2 });
  expect(await readPresenceHistory()).toEqual([
    [gone.id, 2, 'true', 'false'],
    [back.id, 2, 'false', 'true'],
  ]);
});

test('what a failed run stored is in the feed once a completed run has had it, without history', async () => {
  await sync([permitRecord(1)]);
  const failed = await sync([permitRecord(1), permitRecord(2), permitRecord(3)]);
  await context.pool.query(
    `update sync_runs
     set status = 'failed', error_message = 'it broke'
     where id = $1`,
    [failed.id],
  );
  expect(await readPresence()).toEqual([
    [1, 'Permit Issued', true],
    [2, 'Permit Issued', false],
    [3, 'Permit Issued', false],
  ]);
  const run = await sync([permitRecord(1), permitRecord(2)]);
  expect(run).toMatchObject({ records_removed: 0, records_returned: 0 });
  expect((await readPresence()).map(([, , inFeed]) => inFeed)).toEqual([true, true, false]);
  expect(await readPresenceHistory()).toEqual([]);
  const { rows } = await context.pool.query('select run_id from permits_removed');
  expect(rows).toEqual([{ run_id: null }]);
});

test('permits_as_of gives the permits of the last run that had ended by then', async () => {
  const first = await sync([permitRecord(1, { EXTRA: 'a' }), permitRecord(2)]);
  await sync([permitRecord(1, { STATUS: 'Closed', EXTRA: 'b', NEW: 5 })]);
  const read = async (statement: string, value: unknown) => {
    const { rows } = await context.pool.query(
      `select street_num::integer as n, status, extra, in_feed from ${statement} order by n`,
      [value],
    );
    return rows.map(({ n, status, extra, in_feed }) => [n, status, extra, in_feed]);
  };
  const then = [
    [1, 'Permit Issued', { EXTRA: 'a' }, true],
    [2, 'Permit Issued', {}, true],
  ];
  expect(await read('permits_as_of_run($1)', first.id)).toEqual(then);
  const end = '(select completed_at from sync_runs where id = $1)';
  expect(await read(`permits_as_of(${end})`, first.id)).toEqual(then);
  expect(await read(`permits_as_of(${end} - interval '1 microsecond')`, first.id)).toEqual([]);
  expect(await read('permits_as_of(now() + $1::interval)', '1 day')).toEqual([
    [1, 'Closed', { EXTRA: 'b', NEW: 5 }, true],
    [2, 'Permit Issued', {}, false],
  ]);
});

test('a permit that a partial feed brings back unchanged was last seen by that run', async () => {
  await sync([permitRecord(1), permitRecord(2)]);
  await sync([permitRecord(1)]);
  const partial = await sync([permitRecord(2)], true);
  const lastSeen = async () =>
    (await context.pool.query("select last_seen_at from permits where street_num = '2'")).rows;
  expect(await lastSeen()).toEqual([{ last_seen_at: partial.started_at }]);
  await sync([permitRecord(1)]);
  expect(await lastSeen()).toEqual([{ last_seen_at: partial.started_at }]);
});
