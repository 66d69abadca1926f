import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FEED_COLUMNS } from '../../shared/mapping/columns.ts';
import { createTestContext, type TestContext } from '../../shared/testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../../shared/testing/permit-record.ts';
import { syncFeed } from '../testing/sync-feed.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), randomUUID()));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

function sync(record: FeedRecord, fields: Parameters<typeof syncFeed>[3] = {}) {
  return syncFeed(context, folder, JSON.stringify([record]), fields);
}

function without(column: string): FeedRecord {
  return Object.fromEntries(Object.entries(permitRecord(1)).filter(([name]) => name !== column));
}

/** Everything that a sync may change, as text. */
async function digest(): Promise<unknown> {
  const { rows } = await context.pool.query(
    `select
       (select array_agg(stored::text order by id) from stored_permits as stored) as permits,
       (select array_agg(history::text order by id) from permit_history as history) as history,
       (select count(*) from sync_seen) as seen`,
  );
  return rows[0];
}

const OTHERS = FEED_COLUMNS.filter(([, kind]) => kind !== 'key').map(([name]) => name);

test.each(OTHERS)(
  'a feed that has lost or renamed %s is refused, and nothing changes',
  async (name) => {
    await sync(permitRecord(1));
    const before = await digest();
    const dropped = await sync(without(name));
    expect(dropped.error).toMatchObject({
      code: 'schema_drift',
      outcome: 'permanent',
      message: `The feed no longer has ${name}`,
      hint: expect.stringContaining('{"accept_drift": true}'),
    });
    const renamed = await sync({ ...without(name), NEW_NAME: 'x' }, { partial: true });
    expect(renamed.error?.message).toBe(
      `The feed no longer has ${name}; unmapped columns: NEW_NAME`,
    );
    expect(await digest()).toEqual(before);
  },
);

test('accept_drift lets one feed through, and the next is compared with it', async () => {
  await sync(permitRecord(1));
  const accepted = await sync(without('STATUS'), { accept_drift: true });
  expect(accepted.run).toMatchObject({
    status: 'completed',
    accept_drift: true,
    records_updated: 1,
  });
  expect((await sync(without('STATUS'))).run).toMatchObject({ status: 'completed' });
  expect((await sync(permitRecord(1))).run).toMatchObject({ status: 'completed' });
  expect((await sync(without('STATUS'))).error).toMatchObject({ code: 'schema_drift' });
});

test('the first feed may lack columns, and a partial or failed one is no measure', async () => {
  expect((await sync(without('STATUS'))).run).toMatchObject({ status: 'completed' });
  expect((await sync(permitRecord(1), { partial: true })).run).toMatchObject({
    status: 'completed',
  });
  expect((await sync(without('STATUS'))).run).toMatchObject({ status: 'completed' });
});
