import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { permitRecord } from '../shared/testing/permit-record.ts';
import { ingestChunk } from './ingest-chunk.ts';
import { prepareRun } from './testing/prepare-run.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
  // Applies to connections opened from now on.
  await context.pool.query(`
    do $$ begin
      execute format('alter database %I set deadlock_timeout = ''10ms''', current_database());
    end $$
  `);
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

async function select(text: string) {
  return (await context.pool.query(text)).rows;
}

test('a first load stores permits in the order of the feed, later runs in the order of their keys', async () => {
  const ingest = async (...ordinals: number[]) => {
    const feed = ordinals.map((ordinal) => permitRecord(ordinal));
    const run_id = await prepareRun(context, JSON.stringify(feed));
    await ingestChunk(context, { run_id, chunk_number: 1 });
    await context.pool.query(
      "update sync_runs set status = 'failed', completed_at = now(), duration_ms = 1, error_message = ''",
    );
    return select(`
      select written_by_position as position
      from stored_permits
      where written_by_run = ${run_id}
      order by ctid
    `);
  };
  const inOrder = [{ position: 1 }, { position: 2 }, { position: 3 }];
  expect(await ingest(3, 2, 1)).toEqual(inOrder);
  expect(await ingest(6, 5, 4)).toEqual(inOrder.toReversed());
});

test('in a first load, only batches with a duplicate take the slow path', async () => {
  const later = (ordinal: number) => permitRecord(ordinal, { ISSUED_DATE: '2026-03-10' });
  const feed = Array.from({ length: 6_000 }, (_, index) => permitRecord(index + 1));
  // Within a batch, across batches of a chunk, across chunks; in both orders.
  feed[10] = later(1);
  feed[2_020] = later(30);
  feed[40] = later(2_050);
  feed[3_060] = later(70);
  feed[80] = later(4_090);
  const run_id = await prepareRun(context, JSON.stringify(feed), 3_000);
  for (const chunk_number of [1, 2]) await ingestChunk(context, { run_id, chunk_number });
  expect(
    await select(`
      select
        count(*)::integer as permits,
        count(*) filter (where issued_date = '2026-03-10')::integer as winners,
        count(distinct (written_by_chunk, written_by_position))::integer as writers,
        bool_and(first_seen_at = started_at and last_seen_at = started_at) as has_times
      from stored_permits
      join sync_runs on sync_runs.id = written_by_run
    `),
  ).toEqual([{ permits: 5_995, winners: 5, writers: 5_995, has_times: true }]);
  expect(
    await select(`
      select records_new, records_superseded
      from sync_chunks
      order by chunk_number
    `),
  ).toEqual([
    // One of the four lost to a record of the other chunk.
    { records_new: 2_996, records_superseded: 4 },
    { records_new: 2_999, records_superseded: 1 },
  ]);
});

test('concurrent chunks with the same permits, in ascending and descending order, all get through', async () => {
  const upwards = Array.from({ length: 3_000 }, (_, index) => index + 1);
  const downwards = upwards.toReversed();
  const feed = [upwards, downwards, upwards, downwards].flatMap((ordinals, number) =>
    ordinals.map((ordinal) => permitRecord(ordinal, { STREET_NUM: `${number}` })),
  );
  const run_id = await prepareRun(context, JSON.stringify(feed), 3_000);
  await Promise.all(
    [1, 2, 3, 4].map((chunk_number) => ingestChunk(context, { run_id, chunk_number })),
  );
  expect(
    await select(`
      select sum(records_new)::integer as new, sum(records_superseded)::integer as superseded
      from sync_chunks
    `),
  ).toEqual([{ new: 3_000, superseded: 9_000 }]);
  expect(await select('select count(*)::integer from stored_permits')).toEqual([{ count: 3_000 }]);
});
