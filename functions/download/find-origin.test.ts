import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SyncRun } from '../shared/schema.ts';
import { openRun } from '../shared/sync-runs.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { findOrigin, type Origin } from './find-origin.ts';

let context: TestContext;
let run: SyncRun;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(async () => {
  await context.pool.query('truncate sync_runs cascade');
  run = await openRun(context, { executionId: randomUUID(), trigger: 'manual' });
});

function find(filePath: string | null, FEED_IS_MADE_UP = false): Promise<Origin> {
  const config = { ...context.config, FEED_IS_MADE_UP };
  return findOrigin(context.db, config, { id: run.id, file_path: filePath });
}

test.each([
  [null, 'city'],
  ['/tmp/feed.json', 'file'],
  ['HTTPS://example.com/feed.json', 'url'],
  ['gs://another-bucket/runs/1/feed.json.gz', 'object'],
] as const)(
  'the feed of %s comes from a %s, fetched by the run that reads it',
  async (path, source) => {
    expect(await find(path)).toEqual({ source, feed_run: run.id, feed_at: expect.any(Date) });
  },
);

test('only the portal of the local cloud has a made-up feed, not the files that it is given', async () => {
  expect(await find(null, true)).toMatchObject({ source: 'made_up' });
  expect(await find('/tmp/feed.json', true)).toMatchObject({ source: 'file' });
});

test('a stored feed keeps the source and the run that fetched it', async () => {
  const earlier = { source: 'made_up', feed_run: run.id, feed_at: new Date(0) } as const;
  await context.db
    .updateTable('sync_runs')
    .set({
      ...earlier,
      status: 'failed',
      error_message: 'x',
      completed_at: new Date(),
      duration_ms: 1,
    })
    .execute();
  const stored = `gs://${context.config.FEED_BUCKET}/runs/${run.id}/feed.json.gz`;
  run = await openRun(context, { executionId: randomUUID(), trigger: 'manual' });
  expect(await find(stored)).toEqual(earlier);
  expect(await find(stored.replace('gs:', 'GS:'))).toEqual(earlier);
});
