import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { downloadFeed } from '../../../functions/download/download-feed.ts';
import { finalizeRun } from '../../../functions/finalize/finalize-run.ts';
import { ingestChunk } from '../../../functions/ingest-chunk/ingest-chunk.ts';
import type { SyncRun } from '../../../functions/shared/schema.ts';
import {
  createTestContext,
  type TestContext,
} from '../../../functions/shared/testing/create-test-context.ts';
import { type ChosenFeed, chooseFeed, type EndedRun, type FeedChoice } from './choose-feed.ts';

const COMPLETED: EndedRun = {
  status: 'completed',
  source: 'made_up',
  partial: false,
  dry_run: false,
};

let context: TestContext;
let dataDirectory: string;
const feeds = new Set<ChosenFeed>();

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(async () => {
  await context.pool.query('truncate sync_runs, stored_permits cascade');
  dataDirectory = await mkdtemp(join(tmpdir(), 'choose-feed-'));
});

afterEach(async () => {
  for (const feed of feeds) await feed.stop();
  feeds.clear();
  await rm(dataDirectory, { recursive: true });
});

async function choose(fields: Partial<FeedChoice> = {}): Promise<ChosenFeed> {
  const feed = await chooseFeed({ dataDirectory, records: 600, ...fields });
  feeds.add(feed);
  return feed;
}

/** Chooses the feed of a start whose run ends like this. */
async function startWith(fields: Partial<FeedChoice>, ended: Partial<EndedRun> = {}) {
  const feed = await choose(fields);
  await feed.remember({ ...COMPLETED, ...ended });
  return feed;
}

async function describeNext(fields: Partial<FeedChoice> = {}): Promise<string> {
  return (await choose(fields)).description;
}

/** Syncs a feed like the workflow, and has it remember the run. */
async function sync({ argument, functionsEnvironment, remember }: ChosenFeed): Promise<SyncRun> {
  const { CKAN_BASE_URL = '', FEED_IS_MADE_UP } = functionsEnvironment;
  const portal = { CKAN_BASE_URL, FEED_IS_MADE_UP: FEED_IS_MADE_UP === 'true' };
  const local = { ...context, config: { ...context.config, ...portal } };
  const execution_id = randomUUID();
  const request = { execution_id, trigger: 'manual', ...argument } as const;
  const { run_id, chunks_total } = await downloadFeed(local, request);
  for (let chunk_number = 1; chunk_number <= chunks_total; chunk_number += 1) {
    await ingestChunk(local, { run_id, chunk_number });
  }
  await finalizeRun(local, { execution_id, outcome: 'completed' });
  const run = await context.db
    .selectFrom('sync_runs')
    .selectAll()
    .where('id', '=', run_id)
    .executeTakeFirstOrThrow();
  await remember(run);
  return run;
}

test('made-up feeds of any size follow each other, each with days of its own', async () => {
  const days: unknown[] = [];
  for (const records of [600, 1_800, 600, 600]) {
    const feed = await choose({ records });
    const { status, source, accept_shrink } = await sync(feed);
    days.push([feed.description, status, source, accept_shrink]);
  }
  expect(days).toEqual([
    ['synthetic, 600 records, day 0', 'completed', 'made_up', false],
    ['synthetic, 1,800 records, day 0', 'completed', 'made_up', true],
    ['synthetic, 600 records, day 1', 'completed', 'made_up', true],
    ['synthetic, 600 records, day 2', 'completed', 'made_up', false],
  ]);
});

test('a made-up feed never follows another, in whatever size and whatever is accepted', async () => {
  await sync(await choose());
  await context.pool.query("update sync_runs set source = 'city'");
  const feed = await choose({ records: 1_800 });
  await expect(sync({ ...feed, argument: { accept_shrink: true } })).rejects.toMatchObject({
    code: 'feed_made_up',
    message: "The feed is made up, and the database last had the City's feed",
  });
});

test('a start whose run does not complete changes neither the day nor the size', async () => {
  await startWith({ records: 600 });
  await choose({ records: 1_800 });
  await startWith({ records: 1_800 }, { status: 'failed' });
  await startWith({ records: 600 }, { status: 'failed' });
  expect(await describeNext({ records: 1_800 })).toContain('day 0');
  const next = await choose({ records: 600 });
  expect(next.description).toContain('day 1');
  expect(next.argument).toEqual({});
});

test.each([
  ['a dry run', { dry_run: true }],
  ['a partial run', { partial: true }],
  ['a run with another feed', { source: 'file' }],
] as const)('%s does not count either', async (_, ended) => {
  await startWith({ records: 600 }, ended);
  const next = await choose({ records: 600 });
  expect(next.description).toContain('day 0');
  expect((await choose({ records: 1_800 })).argument).toEqual({});
});

test('in a database of the user’s own, another size is accepted only when asked for', async () => {
  const databaseUrl = 'postgresql://localhost/permits';
  await startWith({ records: 600 });
  expect((await choose({ records: 1_800 })).argument).toEqual({ accept_shrink: true });
  expect((await choose({ records: 1_800, databaseUrl })).argument).toEqual({});
  await startWith({ records: 1_800, databaseUrl });
  expect(await describeNext({ records: 1_800 })).toContain('day 1');
  expect((await choose({ records: 600 })).argument).toEqual({});
});

test('only the synthetic feed is said to be made up', async () => {
  const environments = await Promise.all(
    [{}, { live: true }, { file: 'feed.json' }, { url: 'https://example.com/feed.json' }].map(
      async (fields) => (await choose(fields)).functionsEnvironment,
    ),
  );
  expect(environments).toEqual([
    { CKAN_BASE_URL: expect.stringMatching(/^http:/), FEED_IS_MADE_UP: 'true' },
    {},
    {},
    { FEED_ALLOWED_HOSTS: 'https://example.com' },
  ]);
});
