import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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

beforeEach(() => context.pool.query('truncate sync_runs, stored_permits cascade'));

function download(fields: { file_path?: string; partial?: boolean; accept_shrink?: boolean } = {}) {
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

test('a feed with under 95 % of the last one’s records is a transient error and leaves no chunks', async () => {
  await completeSync(300);
  size = 284;
  await expect(download()).rejects.toMatchObject({
    code: 'feed_shrank',
    outcome: 'transient',
    message: 'The feed has 284 records, under 95 % of the usual 300',
    hint: expect.stringContaining('{"accept_shrink": true}'),
  });
  const { rows } = await context.pool.query(
    "select chunks_total, snapshot_path from sync_runs where status = 'running'",
  );
  expect(rows).toEqual([{ chunks_total: null, snapshot_path: expect.stringContaining('gs://') }]);
});

test('95 % is enough, and so are ten records fewer', async () => {
  await completeSync(300);
  await completeSync(285);
  await context.pool.query('truncate sync_runs cascade');
  await completeSync(12);
  await completeSync(2);
});

test('four bad days do not lower the bar', async () => {
  await completeSync(1_000);
  for (const records of [960, 955, 951]) await completeSync(records);
  size = 940;
  await expect(download()).rejects.toMatchObject({
    message: 'The feed has 940 records, under 95 % of the usual 1000',
  });
});

test('a feed without records is refused, even as the first', async () => {
  size = 0;
  await expect(download()).rejects.toMatchObject({
    code: 'feed_shrank',
    message: 'The feed has no records',
  });
  await close('failed');
  expect(await download({ accept_shrink: true })).toMatchObject({ records_total: 0 });
});

test('accept_shrink allows any size, and the next feeds are measured from there', async () => {
  await completeSync(300);
  size = 100;
  expect(await download({ accept_shrink: true })).toMatchObject({ records_total: 100 });
  await close('completed');
  await completeSync(98);
  size = 80;
  await expect(download()).rejects.toMatchObject({
    message: 'The feed has 80 records, under 95 % of the usual 100',
  });
});

test('the first feed may have any size, even after a failed run', async () => {
  size = 100;
  await download();
  await close('failed');
  size = 1;
  expect(await download()).toMatchObject({ records_total: 1 });
});

describe('a feed given by file_path', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usual-size-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function downloadFile(records: number, fields: { partial?: boolean } = {}) {
    const file_path = join(folder, `${records}.json`);
    await writeFile(file_path, feedOf(records));
    return download({ file_path, ...fields });
  }

  test('is measured too, and no retry would help', async () => {
    await completeSync(300);
    await expect(downloadFile(5)).rejects.toMatchObject({
      code: 'feed_shrank',
      outcome: 'permanent',
      message: 'The feed has 5 records, under 95 % of the usual 300',
      hint: expect.stringContaining('{"partial": true}'),
    });
  });

  test('may have any size when it is partial, and is then no measure', async () => {
    await completeSync(300);
    expect(await downloadFile(5, { partial: true })).toMatchObject({ records_total: 5 });
    await close('completed');
    size = 284;
    await expect(download()).rejects.toMatchObject({ code: 'feed_shrank' });
  });
});

test('a feed is measured against the permits in the feed, too', async () => {
  await context.pool.query(
    `insert into stored_permits (
       permit_num, revision_num, permit_type, data_hash, first_seen_at, first_seen_run, last_seen_at,
       written_by_run, written_by_chunk
     )
     select n, '00', 'x', '', '2026-01-01', 0, '2026-01-01', 0, 1
     from generate_series(1, 400) as n`,
  );
  await completeSync(390);
  size = 370;
  await expect(download()).rejects.toMatchObject({
    message: 'The feed has 370 records, under 95 % of the usual 400',
  });
});
