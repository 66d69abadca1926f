import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFeed } from '../../../functions/download/source/open-feed.ts';
import { syncFeed } from '../../../functions/download/testing/sync-feed.ts';
import {
  createTestContext,
  type TestContext,
} from '../../../functions/shared/testing/create-test-context.ts';
import { permitRecord } from '../../../functions/shared/testing/permit-record.ts';
import { startTestStorage, type TestStorage } from './testing/start-test-storage.ts';

const READ = /^GET .*alt=media/;

let folder: string;
let server: TestStorage;
let context: TestContext;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sync-through-faults-'));
  server = await startTestStorage();
  context = await createTestContext({ GOOGLE_API_ENDPOINT: server.url });
  context.bucket.storage.retryOptions.maxRetryDelay = 1;
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('a sync completes although each operation of Cloud Storage fails once', async () => {
  server.faults.arm(
    { operation: /^GET .*feed.json.gz(?!.*alt=media)/, fault: { status: 503 } },
    { operation: /^POST \/upload/, fault: { status: 503 } },
    { operation: /^PUT \/upload/, fault: { cutRequestAfter: 100 } },
    { operation: READ, fault: { status: 503 } },
    { operation: READ, fault: { cutResponseAfter: 100 } },
  );
  const records = Array.from({ length: 100 }, (_, index) => permitRecord(index));
  const { run, error } = await syncFeed(context, folder, JSON.stringify(records));
  expect(error).toBeUndefined();
  expect(run).toMatchObject({ status: 'completed', records_new: 100 });
  expect(server.faults.disarm()).toBe(5);
});

test('a feed in a bucket is read on after a hiccup', async () => {
  const content = JSON.stringify(Array.from({ length: 50_000 }, (_, _id) => ({ _id })));
  await context.bucket.file('old/feed.json').save(content);
  server.faults.arm(
    { operation: READ, fault: { status: 429 } },
    { operation: READ, fault: { cutResponseAfter: 300_000 } },
  );
  const { body } = await openFeed(context.config, `gs://${context.bucket.name}/old/feed.json`);
  expect(await text(body)).toBe(content);
  expect(server.faults.disarm()).toBe(2);
});
