import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { downloadFeed } from '../download/download-feed.ts';
import { syncFeed } from '../download/testing/sync-feed.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../shared/testing/permit-record.ts';
import { listRuns } from '../sync-api/list-runs.ts';
import { finalizeRun } from './finalize-run.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'clock-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

async function sync(records: readonly FeedRecord[]) {
  const { run, error } = await syncFeed(context, folder, JSON.stringify(records));
  return { run, code: error?.code };
}

/** Moves all times so far, as if the database's clock had been that far off. */
async function shiftClock(by: string): Promise<void> {
  for (const [table, columns] of [
    ['sync_runs', ['started_at', 'completed_at', 'feed_at']],
    ['sync_chunks', ['done_at']],
    ['stored_permits', ['first_seen_at', 'last_seen_at']],
    ['permit_history', ['changed_at']],
  ] as const) {
    const moved = columns.map((column) => `${column} = ${column} + $1::interval`);
    await context.pool.query(`update ${table} set ${moved.join(', ')}`, [by]);
  }
}

const many = Array.from({ length: 300 }, (_, index) => permitRecord(index + 1));

test.each(['2 days', '-2 days'])(
  'a clock that was %s off and was put right changes no judgement',
  async (by) => {
    await sync(many);
    // A failed run stores a permit, and so does a completed one.
    const failed = await sync([...many, permitRecord(301)]);
    await context.pool.query(
      `update sync_runs set status = 'failed', error_message = 'it broke' where id = $1`,
      [failed.run.id],
    );
    await shiftClock(by);
    const inFeed = async () =>
      (await context.pool.query('select count(*)::integer as n from permits where in_feed')).rows[0]
        .n;
    expect(await inFeed()).toBe(300);
    expect((await sync(many.slice(0, 200))).code).toBe('feed_shrank');
    expect(await inFeed()).toBe(300);
    const { run } = await sync(many.slice(1));
    expect(run).toMatchObject({ status: 'completed', records_removed: 1, records_unchanged: 299 });
    expect(await inFeed()).toBe(299);
    const { rows } = await context.pool.query(
      'select distinct last_seen_at from permits where in_feed',
    );
    expect(rows).toEqual([{ last_seen_at: run.started_at }]);
    expect((await listRuns(context.db)).map(({ id }) => id)).toEqual([4, 3, 2, 1]);
  },
);

/** Opens a run of one chunk, moves the clock while it runs, and completes it. */
async function completeAcross(by: string) {
  const file_path = join(folder, 'none.json');
  const execution_id = `jump-${by}`;
  await writeFile(file_path, '[]');
  await downloadFeed(context, { execution_id, trigger: 'manual', file_path, partial: true });
  await context.pool.query('update sync_runs set download_ms = 700');
  await shiftClock(by);
  const { duration_ms, warnings } = await finalizeRun(context, {
    execution_id,
    outcome: 'completed',
  });
  return { duration_ms, jumps: warnings.filter(({ code }) => code === 'clock_jumped').length };
}

test.each([
  ['forward', '-2 days'],
  ['back', '2 days'],
])('a clock that jumps %s during a run is a warning of the run', async (_, by) => {
  const { duration_ms, jumps } = await completeAcross(by);
  expect(duration_ms).toBeGreaterThanOrEqual(700);
  expect(jumps).toBe(1);
  const [run] = await listRuns(context.db);
  expect(run?.completed_at?.getTime()).toBeGreaterThanOrEqual(run?.started_at.getTime() ?? NaN);
});

test('a run under a steady clock has no such warning', async () => {
  expect((await completeAcross('-700 milliseconds')).jumps).toBe(0);
});
