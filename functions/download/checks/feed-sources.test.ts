import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { createTestContext, type TestContext } from '../../shared/testing/create-test-context.ts';
import { permitRecord } from '../../shared/testing/permit-record.ts';
import { startTestServer, type TestServer } from '../../shared/testing/start-test-server.ts';
import type { DownloadRequest } from '../contract.ts';
import { digestPermits } from '../testing/digest-permits.ts';
import { syncOnce } from '../testing/sync-once.ts';

const FOREIGN_BUCKET = `foreign-${randomUUID()}`;

let server: TestServer;
/** What the server answers: the City's feed, and any URL. */
let served: string;
let context: TestContext;
let folder: string;

beforeAll(async () => {
  server = await startTestServer((request, response) => {
    const resources = [{ format: 'JSON', url: '/download.json' }];
    const isPackage = request.url?.includes('package_show');
    response.end(isPackage ? JSON.stringify({ result: { resources } }) : served);
  });
  context = await createTestContext({
    CKAN_BASE_URL: server.url,
    FEED_ALLOWED_HOSTS: `${server.url},gs://${FOREIGN_BUCKET}`,
  });
  folder = await mkdtemp(join(tmpdir(), 'feed-sources-'));
  await foreignBucket().create();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

function foreignBucket() {
  const apiEndpoint = inject('googleApiEndpoint');
  return new Storage({ projectId: 'test-project', apiEndpoint }).bucket(FOREIGN_BUCKET);
}

/** How a feed is given to a run: `file_path` for the text. */
type Source = readonly [
  name: string,
  give: (text: string) => Promise<string | undefined>,
  source: string,
];

const SOURCES: readonly Source[] = [
  [
    'City',
    async (text) => {
      served = text;
      return undefined;
    },
    'city',
  ],
  [
    'URL',
    async (text) => {
      served = text;
      return `${server.url}/old.json`;
    },
    'url',
  ],
  [
    'file',
    async (text) => {
      const path = join(folder, `${randomUUID()}.json`);
      await writeFile(path, text);
      return path;
    },
    'file',
  ],
  [
    'own object',
    async (text) => {
      await context.bucket.file('old.json.gz').save(gzipSync(text));
      return `gs://${context.bucket.name}/old.json.gz`;
    },
    'object',
  ],
  [
    'foreign object',
    async (text) => {
      // The name of a run's object says nothing in another bucket.
      await foreignBucket().file('runs/1/feed.json.gz').save(gzipSync(text));
      return `gs://${FOREIGN_BUCKET}/runs/1/feed.json.gz`;
    },
    'object',
  ],
];

function makeFeed(records: number, status = 'Inspection'): string {
  const feed = Array.from({ length: records }, (_, n) => permitRecord(n, { STATUS: status }));
  return JSON.stringify(feed);
}

function syncCity(text: string, fields: Partial<DownloadRequest> = {}) {
  served = text;
  return syncOnce(context, fields);
}

test.each(SOURCES)('a feed of the %s that shrank is refused', async (name, give, source) => {
  await syncCity(makeFeed(30));
  const before = await digestPermits(context);
  for (const [records, message] of [
    [0, 'The feed has no records'],
    [19, 'The feed has 19 records, under 95 % of the usual 30'],
  ] as const) {
    const file_path = await give(makeFeed(records));
    const { run, error } = await syncOnce(context, { file_path });
    const outcome = name === 'City' ? 'transient' : 'permanent';
    expect(error).toMatchObject({ code: 'feed_shrank', outcome, message });
    expect(run).toMatchObject({ status: 'failed', source, chunks_total: null });
    expect(await digestPermits(context)).toEqual(before);

    const accepted = await syncOnce(context, { file_path, dry_run: true, accept_shrink: true });
    expect(accepted.run.warnings).toContainEqual({ code: 'feed_shrank', message, accepted: true });
  }
});

test.each(SOURCES)('a feed of the %s is as old as the run that reads it', async (_, give) => {
  await syncCity(makeFeed(3));
  const file_path = await give(makeFeed(3, 'Closed'));
  const { run } = await syncOnce(context, { file_path });
  expect(run).toMatchObject({ status: 'completed', records_updated: 3, feed_run: run.id });
});

test('the feed that a run has stored is refused once a later one is stored', async () => {
  const earlier = (await syncCity(makeFeed(3))).run;
  const later = (await syncCity(makeFeed(3, 'Closed'))).run;
  const before = await digestPermits(context);
  const file_path = earlier.snapshot_path;
  const message = `The feed is that of run ${earlier.id}; run ${later.id} has stored a later one`;
  const refused = await syncOnce(context, { file_path });
  expect(refused.error).toMatchObject({ code: 'feed_outdated', status: 409, message });
  expect(refused.run).toMatchObject({ source: 'city', feed_run: earlier.id, chunks_total: null });
  expect(await digestPermits(context)).toEqual(before);

  const accepted = await syncOnce(context, { file_path, accept_outdated: true });
  expect(accepted.run).toMatchObject({ status: 'completed', records_updated: 3 });
  expect(accepted.run.warnings).toContainEqual({ code: 'feed_outdated', message, accepted: true });
});

test('the feed that a dry run has stored was fetched by it', async () => {
  await syncCity(makeFeed(3));
  const dry = (await syncCity(makeFeed(3, 'Closed'), { dry_run: true })).run;
  const file_path = dry.snapshot_path;
  const { run } = await syncOnce(context, { file_path });
  expect(run).toMatchObject({ status: 'completed', source: 'city', feed_run: dry.id });
  await syncCity(makeFeed(3));
  expect((await syncOnce(context, { file_path })).error).toMatchObject({ code: 'feed_outdated' });
});
