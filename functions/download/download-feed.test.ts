import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../shared/context.ts';
import { classifyError } from '../shared/errors.ts';
import { openRun } from '../shared/sync-runs.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { permitRecord } from '../shared/testing/permit-record.ts';
import { startExecutionsApi } from '../shared/testing/start-executions-api.ts';
import { startTestServer } from '../shared/testing/start-test-server.ts';
import type { DownloadRequest } from './contract.ts';
import { downloadFeed } from './download-feed.ts';

/** A feed of one record. */
const ONE = JSON.stringify([permitRecord(1)]);

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'download-feed-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate sync_runs cascade'));

async function saveFeed(text: string | Buffer): Promise<string> {
  const path = join(folder, `${randomUUID()}.json`);
  await writeFile(path, text);
  return path;
}

function makeRequest(fields: Partial<DownloadRequest> = {}): DownloadRequest {
  return { execution_id: randomUUID(), trigger: 'manual', ...fields };
}

function readRuns() {
  return context.db.selectFrom('sync_runs').selectAll().orderBy('id').execute();
}

async function readRun() {
  const [run] = await readRuns();
  if (!run) throw new Error('There is no run');
  return run;
}

function readChunks() {
  return context.db.selectFrom('sync_chunks').selectAll().orderBy('chunk_number').execute();
}

async function readObject(runId: number): Promise<Buffer> {
  const [bytes] = await context.bucket.file(`runs/${runId}/feed.json.gz`).download();
  return gunzipSync(bytes);
}

/** The records of each chunk, read back as ingest-chunk reads them. */
async function readBack(runId: number): Promise<unknown[][]> {
  const file = context.bucket.file(`runs/${runId}/feed.json.gz`);
  const chunks = await readChunks();
  return Promise.all(
    chunks.map(async ({ byte_start, byte_end, record_begins, record_ends }) => {
      const [bytes] = await file.download({ start: byte_start, end: byte_end - 1 });
      const plain = gunzipSync(bytes);
      return (record_begins ?? []).map((begin, index) =>
        JSON.parse(plain.toString('utf8', begin, record_ends?.[index])),
      );
    }),
  );
}

function makeRecords(count: number) {
  return Array.from({ length: count }, (_, index) =>
    permitRecord(index, { DESCRIPTION: `2 ½ storey "house"\n${index} ]}[{ \\` }),
  );
}

function withPortal(url: string): Context {
  return {
    ...context,
    config: { ...context.config, CKAN_BASE_URL: url },
  };
}

describe('a download', () => {
  test('L01 inserts a running row before the feed is fetched, and so before any chunk is ingested', async () => {
    const seen: string[] = [];
    await using portal = await startTestServer(async (_, response) => {
      seen.push((await readRun()).status);
      response.writeHead(503).end();
    });
    await expect(downloadFeed(withPortal(portal.url), makeRequest())).rejects.toMatchObject({
      code: 'feed_unavailable',
    });
    expect(seen).toEqual(['running']);
    expect(await readRun()).toMatchObject({ status: 'running', snapshot_path: null });
  });

  test('L04 cuts 12,000 records into chunks of 5,000, 5,000 and 2,000', async () => {
    const records = makeRecords(12_000);
    const text = JSON.stringify(records);
    const request = makeRequest({ file_path: await saveFeed(text), trigger: 'schedule' });
    const response = await downloadFeed(context, request);
    const { run_id } = response;
    expect(response).toEqual({
      run_id: expect.any(Number),
      records_total: 12_000,
      chunks_total: 3,
      object: `runs/${run_id}/feed.json.gz`,
    });
    const pending = { run_id, status: 'pending', records_new: 0, done_at: null };
    expect(await readChunks()).toMatchObject([
      { ...pending, chunk_number: 1, record_count: 5_000, byte_start: 0 },
      { ...pending, chunk_number: 2, record_count: 5_000 },
      { ...pending, chunk_number: 3, record_count: 2_000 },
    ]);
    const chunks = await readBack(run_id);
    expect(chunks.map(({ length }) => length)).toEqual([5_000, 5_000, 2_000]);
    expect(chunks.flat()).toEqual(records);
  });

  test('I03 stores the feed object, byte for byte the feed, before ingestion', async () => {
    const text = JSON.stringify(makeRecords(30), null, 2).replaceAll('\n', '\r\n');
    const request = makeRequest({ file_path: await saveFeed(text) });
    const { run_id, object } = await downloadFeed(context, request);
    expect((await readObject(run_id)).equals(Buffer.from(text))).toBe(true);
    const run = await readRun();
    expect(run.snapshot_path).toBe(`gs://${context.config.FEED_BUCKET}/${object}`);
    expect(run).toMatchObject({ status: 'running', chunks_total: 1, records_total: 0 });
  });

  test('logs the source and the size of the feed in one entry', async () => {
    const file_path = await saveFeed(JSON.stringify(makeRecords(2)));
    const { run_id, object } = await downloadFeed(context, makeRequest({ file_path }));
    expect(context.events.at(-1)).toMatchObject({
      event: 'feed_downloaded',
      severity: 'INFO',
      run_id,
      object,
      source: file_path,
      bytes: (await readObject(run_id)).length,
      records_total: 2,
      chunks_total: 1,
    });
  });

  test('of an empty array is complete and has no chunks, once it is accepted', async () => {
    const request = makeRequest({ file_path: await saveFeed('[]'), accept_shrink: true });
    expect(await downloadFeed(context, request)).toMatchObject({
      records_total: 0,
      chunks_total: 0,
    });
    expect(await readRun()).toMatchObject({ chunks_total: 0 });
  });

  test('of a gzipped dump is stored as a plain array of its records', async () => {
    const ids = ['PERMIT_NUM', 'REVISION_NUM', 'PERMIT_TYPE'];
    const dump = JSON.stringify({
      fields: ids.map((id) => ({ id })),
      records: [
        ['1', null, 'A'],
        ['2', '½', 'B'],
      ],
    });
    const request = makeRequest({ file_path: await saveFeed(gzipSync(`\uFEFF${dump}`)) });
    const { run_id } = await downloadFeed(context, request);
    expect(await readBack(run_id)).toEqual([
      [
        { PERMIT_NUM: '1', REVISION_NUM: null, PERMIT_TYPE: 'A' },
        { PERMIT_NUM: '2', REVISION_NUM: '½', PERMIT_TYPE: 'B' },
      ],
    ]);
  });
});

describe("the City's feed", () => {
  const serveCity = (records: readonly object[]) =>
    startTestServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://portal');
      const offset = Number(url.searchParams.get('offset'));
      const page = records.slice(offset, offset + 4);
      const answers: Record<string, unknown> = {
        '/api/3/action/package_show': { result: { resources: [{ format: 'JSON', url: '/feed' }] } },
        '/api/3/action/datastore_search': { result: { records: page, total: records.length } },
        '/feed': records,
      };
      response.end(JSON.stringify(answers[url.pathname]));
    });

  test('is the JSON download that package_show names', async () => {
    const records = makeRecords(10);
    await using portal = await serveCity(records);
    const { run_id } = await downloadFeed(withPortal(portal.url), makeRequest());
    expect((await readBack(run_id)).flat()).toEqual(records);
  });

  test('has the same records as pages of datastore_search', async () => {
    const records = makeRecords(10);
    await using portal = await serveCity(records);
    const file_path = `${portal.url}/api/3/action/datastore_search?resource_id=x&limit=100`;
    const { run_id } = await downloadFeed(withPortal(portal.url), makeRequest({ file_path }));
    expect((await readBack(run_id)).flat()).toEqual(records);
    expect(portal.requests.map((path) => /offset=\d+/.exec(path)?.[0])).toEqual([
      'offset=0',
      'offset=4',
      'offset=8',
    ]);
  });
});

describe('a download that fails', () => {
  test.each([
    ['HTML', '<html>We are rebuilding</html>', 'feed_not_json'],
    ['nothing at all', '', 'feed_truncated'],
    ['an array cut short', '[{"a": 1}, {"a"', 'feed_truncated'],
    ['an array with a slip', '[{"a": 1} {"a": 2}]', 'feed_malformed'],
    ['plain text', 'no permits today', 'feed_malformed'],
  ])('on %s stores what arrived, writes no chunk and says why', async (_, text, code) => {
    const request = makeRequest({ file_path: await saveFeed(text) });
    const failed = downloadFeed(context, request);
    await expect(failed).rejects.toMatchObject({ code, outcome: 'permanent' });
    const run = await readRun();
    expect((await readObject(run.id)).toString()).toBe(text);
    expect(run.snapshot_path).toBe(
      `gs://${context.config.FEED_BUCKET}/runs/${run.id}/feed.json.gz`,
    );
    expect(run.chunks_total).toBeNull();
    expect(await readChunks()).toEqual([]);
  });

  test('because the connection breaks inside the body is transient and writes no chunk', async () => {
    await using portal = await startTestServer((_, response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      response.write('[{"a": 1}, {"a": 2}, {"a"', () => response.destroy());
    });
    const request = makeRequest({ file_path: `${portal.url}/feed.json.gz` });
    await expect(downloadFeed(withPortal(portal.url), request)).rejects.toMatchObject({
      code: 'feed_unavailable',
      outcome: 'transient',
    });
    expect(await readChunks()).toEqual([]);
    expect(await readRun()).toMatchObject({ status: 'running', chunks_total: null });
  });

  test.each([
    ['is away from the start', () => 503],
    ['goes away during the upload', (method = '') => (method === 'POST' ? 200 : 503)],
    ['is away for good', () => 429],
  ])('because Cloud Storage %s is transient and writes no chunk', async (_, findStatus) => {
    await using storage = await startTestServer((request, response) => {
      const location = `http://${request.headers.host}/session`;
      const headers = { location, 'content-type': 'application/json' };
      const code = findStatus(request.method);
      const error = code === 200 ? undefined : { code, message: 'later' };
      response.writeHead(code, headers).end(JSON.stringify({ error }));
    });
    const bucket = new Storage({
      projectId: 'test-project',
      apiEndpoint: storage.url,
      retryOptions: { maxRetries: 1 },
    }).bucket('away');
    const request = makeRequest({ file_path: await saveFeed(ONE) });
    const error = await downloadFeed({ ...context, bucket }, request).catch(classifyError);
    expect(error).toMatchObject({ code: 'google_api_unavailable', outcome: 'transient' });
    expect(await readRun()).toMatchObject({ snapshot_path: null, chunks_total: null });
  });

  test('downloads again when it is repeated', async () => {
    const broken = await saveFeed('[{"a": 1}, {"a": 2}');
    const request = makeRequest({ file_path: broken });
    await expect(downloadFeed(context, request)).rejects.toMatchObject({ code: 'feed_truncated' });
    await writeFile(broken, ONE);
    const { run_id } = await downloadFeed(context, request);
    expect(await readBack(run_id)).toEqual([[permitRecord(1)]]);
    expect(await readRuns()).toHaveLength(1);
  });
});

describe('a repeated call', () => {
  test('returns the recorded result and fetches nothing', async () => {
    await using portal = await startTestServer((_, response) => response.end(ONE));
    const request = makeRequest({ file_path: portal.url });
    const first = await downloadFeed(withPortal(portal.url), request);
    const chunks = await readChunks();
    expect(await downloadFeed(withPortal(portal.url), request)).toEqual(first);
    expect(portal.requests).toHaveLength(1);
    expect(await readChunks()).toEqual(chunks);
  });

  test('at the same moment leaves one chunk index, which fits the object even if the feed changes', async () => {
    let size = 0;
    await using portal = await startTestServer((_, response) => {
      size += 1;
      response.end(JSON.stringify(makeRecords(size)));
    });
    const request = makeRequest({ file_path: portal.url });
    const calls = [1, 2, 3].map(() => downloadFeed(withPortal(portal.url), request));
    const [first, ...others] = await Promise.all(calls);
    for (const other of others) expect(other).toEqual(first);
    expect(portal.requests).toHaveLength(1);
    expect((await readBack(first?.run_id ?? 0)).flat()).toEqual(makeRecords(1));
    expect(await readRuns()).toHaveLength(1);
  });

  test('for a run that has ended is refused', async () => {
    const request = makeRequest();
    const { id } = await openRun(context, { executionId: request.execution_id, trigger: 'manual' });
    await context.pool.query(
      `update sync_runs set status = 'failed', error_message = 'gave up', duration_ms = 1,
         completed_at = now()`,
    );
    await expect(downloadFeed(context, request)).rejects.toMatchObject({
      code: 'run_closed',
      status: 409,
      runId: id,
      message: `Run ${id} has failed: gave up`,
    });
  });
});

describe("another execution's run", () => {
  /** Opens the run of another execution, which is in `state`, then downloads for ours. */
  const downloadBeside = async (state: string | undefined, request: DownloadRequest) => {
    await using apis = await startExecutionsApi(() => state);
    const beside: Context = {
      ...context,
      config: { ...context.config, GOOGLE_API_ENDPOINT: apis.url },
    };
    await openRun(context, { executionId: 'the-other', trigger: 'schedule' });
    return await downloadFeed(beside, request);
  };

  test.each(['ACTIVE', 'QUEUED'])(
    'that is %s refuses ours, which has its own row',
    async (state) => {
      const request = makeRequest({ file_path: await saveFeed(ONE), trigger: 'pubsub' });
      const error = await downloadBeside(state, request).catch((thrown: unknown) => thrown);
      const [other, ours] = await readRuns();
      expect(error).toMatchObject({
        code: 'sync_already_running',
        outcome: 'permanent',
        status: 409,
        runId: ours?.id,
        message: expect.stringContaining(`Run ${other?.id} has been running since`),
      });
      expect(other).toMatchObject({ status: 'running', execution_id: 'the-other' });
      expect(ours).toMatchObject({
        status: 'failed',
        execution_id: request.execution_id,
        trigger: 'pubsub',
        error_message: expect.stringContaining('sync_already_running'),
        completed_at: expect.any(Date),
        duration_ms: 1,
        chunks_total: null,
      });
      expect(await readRuns()).toHaveLength(2);
    },
  );

  test.each(['SUCCEEDED', 'FAILED', 'CANCELLED', undefined])(
    'whose execution is %s is closed as abandoned, and ours is downloaded',
    async (state) => {
      const request = makeRequest({ file_path: await saveFeed(ONE) });
      const { run_id } = await downloadBeside(state, request);
      const [other, ours] = await readRuns();
      expect(other).toMatchObject({
        status: 'failed',
        error_message: expect.stringContaining('abandoned: execution the-other'),
        completed_at: expect.any(Date),
      });
      expect(ours).toMatchObject({ id: run_id, status: 'running', chunks_total: 1 });
      const abandoned = context.events.filter(({ event }) => event === 'run_abandoned');
      expect(abandoned.at(-1)).toMatchObject({ severity: 'WARNING', run_id: other?.id });
    },
  );

  test('is left alone if the state of its execution cannot be read', async () => {
    const request = makeRequest({ file_path: await saveFeed(ONE) });
    await using down = await startTestServer((_, response) => {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end('{"error": {"code": 503, "status": "UNAVAILABLE", "message": "later"}}');
    });
    const config = { ...context.config, GOOGLE_API_ENDPOINT: down.url };
    await openRun(context, { executionId: 'the-other', trigger: 'schedule' });
    const error = await downloadFeed({ ...context, config }, request).catch(classifyError);
    expect(error).toMatchObject({ code: 'google_api_unavailable', outcome: 'transient' });
    expect(await readRuns()).toMatchObject([{ status: 'running', execution_id: 'the-other' }]);
  });
});
