import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { syncFeed } from '../../download/testing/sync-feed.ts';
import { createTestContext, type TestContext } from '../testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../testing/permit-record.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'exact-values-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

const EXACT = permitRecord(1, {
  GEO_ID: JSON.rawJSON('9007199254740993'),
  ASSEMBLY: JSON.rawJSON('12345678901234.567891'),
  RESIDENTIAL: JSON.rawJSON('1.5E-7'),
  OWN: [JSON.rawJSON('9007199254740993'), JSON.rawJSON('1e40'), JSON.rawJSON('1.10')],
});

function toDump(record: FeedRecord): string {
  const fields = Object.keys(record).map((id) => ({ id, type: 'text' }));
  return JSON.stringify({ fields, records: [Object.values(record)] });
}

test.each([
  ['the JSON download', JSON.stringify([EXACT])],
  ['a datastore dump', toDump(EXACT)],
  ['a page of datastore_search', JSON.stringify({ result: { records: [EXACT], total: 1 } })],
])('a number keeps its digits from %s to the table', async (_, feed) => {
  const { error } = await syncFeed(context, folder, feed);
  expect(error).toBeUndefined();
  const { rows } = await context.pool.query(
    'select geo_id, assembly, residential, extra::text from permits',
  );
  expect(rows).toEqual([
    {
      geo_id: '9007199254740993',
      assembly: '12345678901234.567891',
      residential: '0.00000015',
      extra: `{"OWN": [9007199254740993, 1${'0'.repeat(40)}, 1.1]}`,
    },
  ]);
});

test('a number that is only spelled differently is unchanged; one with another digit is not', async () => {
  const withOwn = (text: string) =>
    syncFeed(context, folder, JSON.stringify([permitRecord(1, { OWN: JSON.rawJSON(text) })]));
  await withOwn('9007199254740993.10');
  expect((await withOwn('90071992547409931e-1')).run).toMatchObject({ records_unchanged: 1 });
  expect((await withOwn('9007199254740993.1000')).run).toMatchObject({ records_unchanged: 1 });
  expect((await withOwn('9007199254740993.2')).run).toMatchObject({ records_updated: 1 });
  const { rows } = await context.pool.query(
    'select field_name, old_value, new_value from permit_history',
  );
  expect(rows).toEqual([
    { field_name: 'extra.OWN', old_value: '9007199254740993.1', new_value: '9007199254740993.2' },
  ]);
});

test('a cost that cannot be read stays in extra, and the history says so', async () => {
  const withCost = (cost: unknown) =>
    syncFeed(
      context,
      folder,
      JSON.stringify([permitRecord(1, { EST_CONST_COST: cost }), permitRecord(2)]),
    );
  await withCost('97,300');
  expect((await withCost('97,3000')).run).toMatchObject({ records_updated: 1 });
  const permits = await context.pool.query(
    "select est_const_cost, extra from permits where street_num = '1'",
  );
  expect(permits.rows).toEqual([{ est_const_cost: null, extra: { EST_CONST_COST: '97,3000' } }]);
  const history = await context.pool.query(
    'select field_name, old_value, new_value from permit_history order by 1',
  );
  expect(history.rows).toEqual([
    { field_name: 'est_const_cost', old_value: '97300', new_value: null },
    { field_name: 'extra.EST_CONST_COST', old_value: null, new_value: '"97,3000"' },
  ]);
});
