import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
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

/** Syncs a feed with one record per chunk, in order, and gives each chunk's outcome. */
async function sync(...feed: FeedRecord[]) {
  const run_id = await prepareRun(context, JSON.stringify(feed), 1);
  for (const index of feed.keys()) {
    await ingestChunk(context, { run_id, chunk_number: index + 1 });
  }
  await context.pool.query(
    `update sync_runs
     set status = 'completed', completed_at = now(), duration_ms = 1
     where status = 'running'`,
  );
  const { rows } = await context.pool.query(
    'select * from sync_chunks where run_id = $1 order by chunk_number',
    [run_id],
  );
  return rows.map((chunk) =>
    Object.keys(chunk)
      .filter((name) => /^records_/.test(name) && chunk[name] > 0)
      .map((name) => name.slice('records_'.length))
      .join(' '),
  );
}

/** Makes the stored permits look as if another version of the mapping had stored them. */
async function pretendOtherMapping(assignment = "status = 'other mapping'"): Promise<void> {
  await context.pool.query(
    `update stored_permits
     set record_fingerprint = overlay(record_fingerprint::text placing 'ff' from 1 for 2)::uuid,
       data_hash = '\\x00',
       ${assignment}`,
  );
}

async function readStatuses() {
  const { rows } = await context.pool.query('select status from permits order by permit_num');
  return rows.map(({ status }) => status);
}

async function readHistory() {
  const { rows } = await context.pool.query(
    'select field_name, old_value, new_value from permit_history order by field_name',
  );
  return rows.map(({ field_name, old_value, new_value }) => [field_name, old_value, new_value]);
}

async function readStored() {
  return (await context.pool.query('select xmin, * from stored_permits')).rows;
}

const A = permitRecord(1, { ISSUED_DATE: '2026-02-10', STATUS: 'Permit Issued' });
const EARLIER = permitRecord(1, { ISSUED_DATE: '2026-01-10', STATUS: 'Inspection' });
const LATER = permitRecord(1, { ISSUED_DATE: '2026-03-10', STATUS: 'Inspection' });

test('the same bytes under another mapping are unchanged, rewritten, and leave no history', async () => {
  await sync(A, permitRecord(2));
  await pretendOtherMapping();
  expect(await sync({ ...A, _id: 99 }, permitRecord(2))).toEqual(['unchanged', 'unchanged']);
  expect(await readStatuses()).toEqual(['Permit Issued', 'Permit Issued']);
  expect(await readHistory()).toEqual([]);
  const before = await readStored();
  expect(await sync(A, permitRecord(2))).toEqual(['unchanged', 'unchanged']);
  expect(await readStored()).toEqual(before);
});

test('other bytes under another mapping are the City’s change, with all differences', async () => {
  await sync(A);
  await pretendOtherMapping();
  expect(await sync({ ...A, WORK: 'Demolition' })).toEqual(['updated']);
  expect(await readHistory()).toEqual([
    ['status', 'other mapping', 'Permit Issued'],
    ['work', 'New Building', 'Demolition'],
  ]);
});

test('a record that is only spelled differently, under another mapping, is unchanged', async () => {
  await sync(A);
  await pretendOtherMapping('work = work');
  expect(await sync({ ...A, STATUS: ' Permit Issued ' })).toEqual(['unchanged']);
  expect(await readHistory()).toEqual([]);
});

test.each([
  ['the same record again', A, { outcomes: ['unchanged', 'superseded'], history: [] }],
  ['a duplicate that loses', EARLIER, { outcomes: ['unchanged', 'superseded'], history: [] }],
  [
    'a duplicate that wins',
    LATER,
    {
      outcomes: ['superseded', 'updated'],
      // The City's changes only: they begin with what the mapping makes of A now.
      history: [
        ['issued_date', '2026-02-10', '2026-03-10'],
        ['status', 'Permit Issued', 'Inspection'],
      ],
    },
  ],
])('a record under another mapping is followed by %s', async (_, second, expected) => {
  await sync(A);
  await pretendOtherMapping();
  expect({ outcomes: await sync(A, second), history: await readHistory() }).toEqual(expected);
  expect(await readStatuses()).toEqual([second === LATER ? 'Inspection' : 'Permit Issued']);
});

test('a duplicate of the same chunk that loses to a record under another mapping leaves no history', async () => {
  await sync(A);
  await pretendOtherMapping();
  const run_id = await prepareRun(context, JSON.stringify([EARLIER, A]));
  expect(await ingestChunk(context, { run_id, chunk_number: 1 })).toMatchObject({
    records_unchanged: 1,
    records_superseded: 1,
  });
  expect(await readHistory()).toEqual([]);
});
