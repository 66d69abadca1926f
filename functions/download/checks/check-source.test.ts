import { randomUUID } from 'node:crypto';
import type { Insertable } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FeedSource, SyncRunsTable } from '../../shared/schema.ts';
import { createTestContext, type TestContext } from '../../shared/testing/create-test-context.ts';
import { checkSource } from './check-source.ts';

const RUN_ID = 9;

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => context.pool.query('truncate sync_runs cascade'));

async function endRun(
  source: FeedSource | null,
  fields: Partial<Insertable<SyncRunsTable>> = {},
): Promise<void> {
  await context.db
    .insertInto('sync_runs')
    .values({
      execution_id: randomUUID(),
      trigger: 'manual',
      source,
      status: 'completed',
      completed_at: new Date(),
      duration_ms: 1,
      ...fields,
    })
    .execute();
}

function check(source: FeedSource | null) {
  return checkSource(context, { id: RUN_ID, source });
}

test.each([
  ['city', "the City's feed"],
  ['file', 'a file'],
  ['url', 'a URL'],
  ['object', 'a stored object'],
] as const)('the made-up feed is refused after %s', async (source, name) => {
  await endRun('made_up');
  await endRun(source);
  expect(await check('made_up')).toMatchObject({
    code: 'feed_made_up',
    outcome: 'permanent',
    runId: RUN_ID,
    message: `The feed is made up, and the database last had ${name}`,
    hint: expect.stringContaining('npm start without DATABASE_URL'),
  });
});

test('it is refused after a partial feed', async () => {
  await endRun('file', { partial: true });
  expect(await check('made_up')).toMatchObject({ code: 'feed_made_up' });
});

test('it is allowed in an empty database and after itself', async () => {
  expect(await check('made_up')).toBeUndefined();
  await endRun('city');
  await endRun('made_up');
  expect(await check('made_up')).toBeUndefined();
});

test('runs that failed, dry runs and runs without a source do not count against it', async () => {
  await endRun('made_up');
  await endRun('city', { status: 'failed', error_message: 'x' });
  await endRun('city', { dry_run: true });
  expect(await check('made_up')).toBeUndefined();
  await endRun(null);
  expect(await check('made_up')).toBeUndefined();
});

test('it is refused after a failed run that has stored something', async () => {
  await endRun('city', { status: 'failed', error_message: 'x' });
  await context.pool.query(`
    insert into sync_chunks (
      run_id, chunk_number, byte_start, byte_end, record_count, records_new, status
    )
    select id, 1, 0, 9, 1, 1, 'done'
    from sync_runs
  `);
  expect(await check('made_up')).toMatchObject({ code: 'feed_made_up' });
});

test('any other feed is allowed after any', async () => {
  for (const last of ['made_up', 'city', null] as const) {
    await endRun(last);
    for (const source of ['city', 'file', 'url', 'object', null] as const) {
      expect(await check(source)).toBeUndefined();
    }
  }
});
