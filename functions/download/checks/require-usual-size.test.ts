import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../../shared/testing/create-test-context.ts';
import { permitRecord } from '../../shared/testing/permit-record.ts';
import { startTestServer, type TestServer } from '../../shared/testing/start-test-server.ts';
import { downloadFeed } from '../download-feed.ts';

let portal: TestServer;
let context: TestContext;
let size: number;

function feedOf(records: number): string {
  return JSON.stringify(Array.from({ length: records }, (_, index) => permitRecord(index)));
}

beforeAll(async () => {
  portal = await startTestServer((request, response) => {
    const resources = [{ format: 'JSON', url: '/download.json' }];
    const isPackage = request.url?.includes('package_show');
    response.end(isPackage ? JSON.stringify({ result: { resources } }) : feedOf(size));
  });
  context = await createTestContext({ CKAN_BASE_URL: portal.url });
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
  await portal[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate sync_runs cascade'));

function download(fields: { file_path?: string; accept_shrink?: boolean } = {}) {
  return downloadFeed(context, { execution_id: randomUUID(), trigger: 'manual', ...fields });
}

/** Closes the running run, whether or not its chunks are done. */
function close(status: 'completed' | 'failed') {
  return context.pool.query(
    `update sync_runs set status = $1, error_message = 'x', completed_at = now(), duration_ms = 1
     where status = 'running'`,
    [status],
  );
}

async function completeSync(records: number): Promise<void> {
  size = records;
  await download();
  await close('completed');
}

test('a feed with under 80 % of the last one’s records is a transient error and leaves no chunks', async () => {
  await completeSync(10);
  size = 7;
  await expect(download()).rejects.toMatchObject({
    code: 'feed_shrank',
    outcome: 'transient',
    message: "The feed has 7 records, under 80 % of the last feed's 10",
  });
  const { rows } = await context.pool.query(
    "select chunks_total, snapshot_path from sync_runs where status = 'running'",
  );
  expect(rows).toEqual([{ chunks_total: null, snapshot_path: expect.stringContaining('gs://') }]);
});

test('80 % is enough', async () => {
  await completeSync(10);
  size = 8;
  expect(await download()).toMatchObject({ records_total: 8 });
});

test('accept_shrink allows any size', async () => {
  await completeSync(10);
  size = 1;
  expect(await download({ accept_shrink: true })).toMatchObject({ records_total: 1 });
});

test('the first feed may have any size, even after a failed run', async () => {
  size = 10;
  await download();
  await close('failed');
  size = 1;
  expect(await download()).toMatchObject({ records_total: 1 });
});

test('a feed given by file_path is neither measured nor used as a measure', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usual-size-'));
  const file_path = join(folder, 'slice.json');
  await completeSync(10);
  await writeFile(file_path, feedOf(2));
  expect(await download({ file_path })).toMatchObject({ records_total: 2 });
  await close('completed');
  await rm(folder, { recursive: true });
  size = 7;
  await expect(download()).rejects.toMatchObject({ code: 'feed_shrank' });
});
