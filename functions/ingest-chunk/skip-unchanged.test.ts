import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { finalizeRun } from '../finalize/finalize-run.ts';
import { FEED_COLUMNS } from '../shared/mapping/columns.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../shared/testing/permit-record.ts';
import { ingestChunk } from './ingest-chunk.ts';
import { prepareRun } from './testing/prepare-run.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

/** Syncs a feed with one record per chunk, in order, and gives each chunk's counts. */
async function sync(...feed: FeedRecord[]) {
  const run_id = await prepareRun(context, JSON.stringify(feed), 1);
  const outcomes = [];
  for (const index of feed.keys()) {
    await ingestChunk(context, { run_id, chunk_number: index + 1 });
  }
  const { execution_id } = await context.db
    .selectFrom('sync_runs')
    .select('execution_id')
    .where('id', '=', run_id)
    .executeTakeFirstOrThrow();
  await finalizeRun(context, { execution_id, outcome: 'completed' });
  const { rows } = await context.pool.query(
    'select * from sync_chunks where run_id = $1 order by chunk_number',
    [run_id],
  );
  for (const chunk of rows) {
    const counted = Object.entries(chunk).filter(
      ([name, count]) => /^records_/.test(name) && count,
    );
    outcomes.push(counted.map(([name]) => name.slice('records_'.length)).join(' '));
  }
  return outcomes;
}

async function select(columns: string, from = 'permits') {
  return (await context.pool.query(`select ${columns} from ${from} order by permit_num`)).rows;
}

const A = permitRecord(1, { ISSUED_DATE: '2026-02-10', STATUS: 'Permit Issued' });
const EARLIER = permitRecord(1, { ISSUED_DATE: '2026-01-10', STATUS: 'Inspection' });
const LATER = permitRecord(1, { ISSUED_DATE: '2026-03-10', STATUS: 'Inspection' });

test('an unchanged record is counted, and its permit’s row is not written to', async () => {
  await sync(A);
  const before = await select('xmin, ctid, *', 'stored_permits');
  expect(await sync({ ...A, _id: 99 })).toEqual(['unchanged']);
  expect(await select('xmin, ctid, *', 'stored_permits')).toEqual(before);
});

test('a record that is only spelled differently is unchanged, and its new fingerprint is stored', async () => {
  await sync(A);
  const spelt = permitRecord(1, { ...A, STATUS: ' Permit Issued ' });
  expect(await sync(spelt)).toEqual(['unchanged']);
  const before = await select('xmin', 'stored_permits');
  expect(await sync(spelt)).toEqual(['unchanged']);
  expect(await select('xmin', 'stored_permits')).toEqual(before);
  expect(await select('1', 'permit_history as history')).toEqual([]);
});

test.each([
  ['the same record again', A, ['unchanged', 'superseded'], 'Permit Issued'],
  ['a duplicate that loses', EARLIER, ['unchanged', 'superseded'], 'Permit Issued'],
  ['a duplicate that wins', LATER, ['superseded', 'updated'], 'Inspection'],
])('an unchanged record is followed by %s', async (_, second, outcomes, status) => {
  await sync(A);
  expect(await sync(A, second)).toEqual(outcomes);
  expect(await select('status')).toEqual([{ status }]);
});

test.each([
  ['a duplicate that loses', EARLIER, ['superseded', 'unchanged'], 'Permit Issued'],
  ['a duplicate that wins', LATER, ['updated', 'superseded'], 'Inspection'],
])('an unchanged record is preceded by %s', async (_, first, outcomes, status) => {
  await sync(A);
  expect(await sync(first, A)).toEqual(outcomes);
  expect(await select('status')).toEqual([{ status }]);
  const changes = status === 'Inspection' ? ['issued_date', 'status'] : [];
  const history = await context.pool.query('select field_name from permit_history order by 1');
  expect(history.rows.map(({ field_name }) => field_name)).toEqual(changes);
});

/** How many statements of this database wait for a row lock. */
async function countWaiting(): Promise<number> {
  return (
    await context.pool.query(
      `select count(*)::integer as waiting
       from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    )
  ).rows[0].waiting;
}

test.each([
  ['the same record', A, { unchanged: 1, updated: 0 }, 'Permit Issued'],
  ['a duplicate that loses', EARLIER, { unchanged: 1, updated: 0 }, 'Permit Issued'],
  ['a duplicate that wins', LATER, { unchanged: 0, updated: 1 }, 'Inspection'],
])('an unchanged record meets, at the same moment, %s', async (_, other, counts, status) => {
  await sync(A);
  const run_id = await prepareRun(context, JSON.stringify([A, other]), 1);
  const client = await context.pool.connect();
  await client.query('begin; select from sync_runs for no key update');
  const calls = [1, 2].map((chunk_number) => ingestChunk(context, { run_id, chunk_number }));
  // Both have looked for unchanged records, and wait to merge.
  while ((await countWaiting()) < 2);
  await client.query('commit');
  client.release();
  await Promise.all(calls);
  const { rows } = await context.pool.query(
    `select sum(records_superseded)::integer as superseded, sum(records_unchanged)::integer as unchanged,
       sum(records_updated)::integer as updated
     from sync_chunks
     where run_id = $1`,
    [run_id],
  );
  expect(rows).toEqual([{ superseded: 1, ...counts }]);
  expect(await select('status')).toEqual([{ status }]);
});

test('last_seen_at and in_feed say which run’s feed had a permit last', async () => {
  const [first, second] = [permitRecord(1), permitRecord(2)];
  const starts = async () =>
    (await context.pool.query('select started_at from sync_runs order by id')).rows.map(
      ({ started_at }) => started_at,
    );
  const seen = () => select('last_seen_at, in_feed');
  await sync(first, second);
  await sync(second);
  const [one, two] = await starts();
  expect(await seen()).toEqual([
    { last_seen_at: one, in_feed: false },
    { last_seen_at: two, in_feed: true },
  ]);
  expect(await sync(first, second)).toEqual(['unchanged', 'unchanged']);
  const [, , three] = await starts();
  const both = { last_seen_at: three, in_feed: true };
  expect(await seen()).toEqual([both, both]);
  expect((await context.pool.query('select from sync_seen')).rowCount).toBe(0);
});

test('a permit of a running run is in the feed once the run completes', async () => {
  await sync(permitRecord(1));
  const run_id = await prepareRun(context, JSON.stringify([permitRecord(2)]));
  await ingestChunk(context, { run_id, chunk_number: 1 });
  expect(await select('in_feed')).toEqual([{ in_feed: true }, { in_feed: false }]);
});

test('other processes fill their columns through the view', async () => {
  await sync(permitRecord(1));
  await context.pool.query('update permits set latitude = 43.6, geocoded_at = now()');
  expect(await select('latitude', 'stored_permits')).toEqual([{ latitude: 43.6 }]);
});

test('the history has a row for every column that changes', async () => {
  await sync(permitRecord(1));
  const columns = FEED_COLUMNS.filter(([, kind]) => kind !== 'key');
  const values = { text: 'other', date: '2026-11-25', numeric: 7.5, cost: '7', integer: '7' };
  const changed = Object.fromEntries(
    columns.map(([name, kind]) => [name, values[kind as keyof typeof values]]),
  );
  expect(await sync(permitRecord(1, changed))).toEqual(['updated']);
  const history = await select('field_name, new_value', 'permit_history');
  expect(Object.fromEntries(history.map((row) => [row.field_name, row.new_value]))).toEqual(
    Object.fromEntries(columns.map(([name]) => [name.toLowerCase(), String(changed[name])])),
  );
});
