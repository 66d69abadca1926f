import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../shared/testing/permit-record.ts';
import type { DownloadRequest } from './contract.ts';
import { digestPermits } from './testing/digest-permits.ts';
import { syncFeed } from './testing/sync-feed.ts';
import { syncOnce } from './testing/sync-once.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext({ CHUNK_RECORDS: '2' });
  folder = await mkdtemp(join(tmpdir(), 'dry-run-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

function sync(records: readonly FeedRecord[] | string, fields: Partial<DownloadRequest> = {}) {
  const text = typeof records === 'string' ? records : JSON.stringify(records);
  return syncFeed(context, folder, text, fields);
}

const FEED = [1, 2, 3, 4, 5].map((ordinal) => permitRecord(ordinal));

test('a dry run tells how much is stored already, keeps the object and stores nothing', async () => {
  await sync(FEED);
  const before = await digestPermits(context);
  const feed = [...FEED.slice(0, 3), permitRecord(4, { STATUS: 'Closed' }), permitRecord(6)];
  for (const partial of [false, true]) {
    const { run } = await sync(feed, { dry_run: true, partial });
    expect(run).toMatchObject({
      status: 'completed',
      dry_run: true,
      partial,
      chunks_total: 0,
      feed_records: 5,
      records_total: 0,
      warnings: [
        {
          code: 'dry_run',
          message: 'The feed has 5 records, 3 of them byte for byte what is stored',
          records: 5,
          unchanged: 3,
        },
      ],
    });
    const [bytes] = await context.bucket.file(`runs/${run.id}/feed.json.gz`).download();
    expect(gunzipSync(bytes).toString()).toBe(JSON.stringify(feed));
    expect(run.snapshot_path).toContain(`runs/${run.id}/feed.json.gz`);
    const { rows } = await context.pool.query('select 1 from sync_chunks where run_id = $1', [
      run.id,
    ]);
    expect(rows).toEqual([]);
  }
  expect(await digestPermits(context)).toEqual(before);
});

test('a dry run completes, and reports what each check would refuse, with what to do', async () => {
  const many = Array.from({ length: 30 }, (_, ordinal) => permitRecord(ordinal));
  await sync(many);
  const feed = FEED.map(({ STATUS, ...record }) => ({
    ...record,
    PERMIT_STATUS: STATUS,
    ISSUED_DATE: '10 Feb 2026',
  }));
  const { run, error } = await sync(feed, { dry_run: true });
  expect(error).toBeUndefined();
  expect(run.warnings).toEqual([
    expect.objectContaining({ code: 'dry_run', records: 5, unchanged: 0 }),
    {
      code: 'schema_drift',
      message:
        'The feed no longer has STATUS; unmapped columns: PERMIT_STATUS. Cannot read ISSUED_DATE in 5 of 5 values, such as "10 Feb 2026"',
      hint: expect.stringContaining('accept_drift'),
    },
    {
      code: 'feed_shrank',
      message: 'The feed has 5 records, under 95 % of the usual 30',
      hint: expect.stringContaining('accept_shrink'),
    },
    {
      code: 'too_many_rejects',
      message: expect.stringContaining('5 of 5 records'),
      hint: expect.stringContaining('MAX_REJECTED_PERCENT'),
    },
    expect.objectContaining({ code: 'unmapped_columns', columns: ['PERMIT_STATUS'] }),
  ]);
  expect(run).toMatchObject({ status: 'completed', error_code: null });
});

test('a dry run fails only if the feed cannot be read at all', async () => {
  const malformed = (await sync('[{} {}]', { dry_run: true })).run;
  expect(malformed).toMatchObject({ status: 'failed', error_code: 'feed_malformed' });
  const file_path = join(folder, 'missing.json');
  const missing = (await syncOnce(context, { file_path, dry_run: true })).run;
  expect(missing).toMatchObject({ status: 'failed', error_code: 'feed_not_found' });
});

test('nothing counts a dry run', async () => {
  await sync(FEED);
  const grown = [...FEED, ...[6, 7, 8].map((ordinal) => permitRecord(ordinal, { NEW: 'x' }))];
  const dry = { dry_run: true, partial: false };
  for (const _ of [1, 2]) {
    const { run } = await sync(grown, dry);
    // The second is compared with the last sync, not with the first dry run.
    expect(run.warnings).toContainEqual(expect.objectContaining({ code: 'unmapped_columns' }));
  }
  const many = Array.from({ length: 100 }, (_, ordinal) => permitRecord(ordinal));
  await sync(many, { dry_run: true });
  expect((await sync(FEED)).run).toMatchObject({ status: 'completed', records_unchanged: 5 });
});

test('a dry run cannot be resumed', async () => {
  await sync(FEED, { dry_run: true });
  await context.pool.query("update sync_runs set status = 'failed', error_message = 'x'");
  const { rows } = await context.pool.query('select id, chunks_total from sync_runs');
  expect(rows).toEqual([{ id: expect.any(Number), chunks_total: 0 }]);
  const { error } = await syncOnce(context, { resume_run_id: rows[0].id });
  expect(error).toMatchObject({
    code: 'run_not_resumable',
    message: `Run ${rows[0].id} is a dry run`,
  });
});
