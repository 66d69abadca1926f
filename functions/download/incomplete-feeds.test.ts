import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { startTestServer } from '../shared/testing/start-test-server.ts';
import { downloadFeed } from './download-feed.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'incomplete-feeds-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

const INCOMPLETE: readonly [string, string | Buffer, string][] = [
  ['HTML', '<html>We are rebuilding</html>', 'feed_not_json'],
  ['an empty feed', '', 'feed_truncated'],
  ['an array cut short', '[{"a": 1}, {"a"', 'feed_truncated'],
  ['a dump cut short', '{"fields": [{"id": "a"}], "records": [[1]', 'feed_truncated'],
  ['gzip cut short', gzipSync('[{"a": 1}]').subarray(0, 15), 'feed_truncated'],
];

async function download(file_path: string, CKAN_BASE_URL = context.config.CKAN_BASE_URL) {
  await context.pool.query('truncate sync_runs cascade');
  const config = { ...context.config, CKAN_BASE_URL };
  const request = { execution_id: randomUUID(), trigger: 'manual' as const, file_path };
  return downloadFeed({ ...context, config }, request);
}

test.each(INCOMPLETE)('%s from a URL may be whole at the next attempt', async (_, feed, code) => {
  await using portal = await startTestServer((_request, response) => response.end(feed));
  const failed = download(`${portal.url}/feed.json`, portal.url);
  await expect(failed).rejects.toMatchObject({ code, outcome: 'transient' });
});

test.each(INCOMPLETE)('%s in a file stays what it is', async (_, feed, code) => {
  const path = join(folder, 'feed.json');
  await writeFile(path, feed);
  await expect(download(path)).rejects.toMatchObject({ code, outcome: 'permanent' });
});

test.each(INCOMPLETE)('%s in an object stays what it is', async (_, feed, code) => {
  await context.bucket.file('feed.json').save(feed);
  const failed = download(`gs://${context.bucket.name}/feed.json`);
  await expect(failed).rejects.toMatchObject({ code, outcome: 'permanent' });
});
