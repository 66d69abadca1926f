import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { downloadFeed } from '../../../functions/download/download-feed.ts';
import {
  createTestContext,
  type TestContext,
} from '../../../functions/shared/testing/create-test-context.ts';
import { permitRecord } from '../../../functions/shared/testing/permit-record.ts';
import { type DatabaseProxy, startDatabaseProxy } from '../../chaos/database-proxy.ts';
import { POINTS } from '../../chaos/points.ts';
import { choosePort } from '../postgres/choose-port.ts';
import { startFunction } from './start-function.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const FRAMEWORK = join(
  REPOSITORY,
  'node_modules/@google-cloud/functions-framework/build/src/main.js',
);

let context: TestContext;
let directory: string;
let proxy: DatabaseProxy;
let environment: Record<string, string>;
let moments: EventTarget;
let request: { run_id: number; chunk_number: number };

beforeEach(async () => {
  context = await createTestContext();
  directory = await mkdtemp(join(tmpdir(), 'start-function-'));
  moments = new EventTarget();
  const { config } = context;
  // Holds the call just before its commit until the test lets it go.
  proxy = await startDatabaseProxy(
    async () => config.DATABASE_URL ?? '',
    async (moment) => {
      if (!POINTS['after the merge before commit'].is(moment)) return;
      moments.dispatchEvent(new Event('held'));
      await once(moments, 'let go');
    },
  );
  environment = {
    GOOGLE_CLOUD_PROJECT: config.GOOGLE_CLOUD_PROJECT,
    GOOGLE_API_ENDPOINT: config.GOOGLE_API_ENDPOINT ?? '',
    FEED_BUCKET: config.FEED_BUCKET,
    DATABASE_URL: proxy.url,
  };
  const file_path = join(directory, 'feed.json');
  await writeFile(file_path, JSON.stringify([1, 2, 3].map((ordinal) => permitRecord(ordinal))));
  const { run_id } = await downloadFeed(context, {
    execution_id: 'e',
    trigger: 'manual',
    file_path,
  });
  request = { run_id, chunk_number: 1 };
});

afterEach(async () => {
  await proxy.close();
  await rm(directory, { recursive: true });
  await context[Symbol.asyncDispose]();
});

/** Calls the function; resolves once its merge is done and its transaction is held open. */
async function callUntilHeld(url: string): Promise<{ answer: Promise<unknown> }> {
  const held = once(moments, 'held');
  const headers = { 'content-type': 'application/json' };
  const response = fetch(url, { method: 'POST', headers, body: JSON.stringify(request) });
  const answer = response.then(
    async (ended) => ({ status: ended.status, body: await ended.text() }),
    () => 'broken off',
  );
  await held;
  return { answer };
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

function readChunk() {
  return context.db
    .selectFrom('sync_chunks')
    .select(['status', 'records_new'])
    .executeTakeFirstOrThrow();
}

const PENDING = { status: 'pending', records_new: 0 };
const DONE = { status: 'done', records_new: 3 };

test('on SIGTERM a function takes no more calls and finishes the current one', async () => {
  const ingest = await startFunction('ingest-chunk', { environment, logDirectory: directory });
  const { answer } = await callUntilHeld(ingest.url);
  const stopped = ingest.stop();
  await expect.poll(() => answers(ingest.url)).toBe(false);
  expect(await readChunk()).toEqual(PENDING);
  moments.dispatchEvent(new Event('let go'));
  expect(await answer).toMatchObject({ status: 200 });
  await stopped;
  expect(await readChunk()).toEqual(DONE);
});

test('a function that is killed in the middle of a chunk stores none of it', async () => {
  const ingest = await startFunction('ingest-chunk', { environment, logDirectory: directory });
  const { answer } = await callUntilHeld(ingest.url);
  await ingest.kill();
  expect(await answer).toBe('broken off');
  expect(await readChunk()).toEqual(PENDING);
  const { rows } = await context.pool.query('select count(*)::integer as permits from permits');
  expect(rows).toEqual([{ permits: 0 }]);
});

test('deployed, on SIGTERM the framework answers 500 and the chunk is rolled back', async () => {
  const port = await choosePort();
  const url = `http://127.0.0.1:${port}`;
  const framework = spawn(
    process.execPath,
    [FRAMEWORK, '--target=ingest-chunk', `--port=${port}`, `--source=${REPOSITORY}`],
    { env: { PATH: process.env.PATH, ...environment }, stdio: 'ignore' },
  );
  const exited = once(framework, 'exit');
  await expect.poll(() => answers(url)).toBe(true);
  const { answer } = await callUntilHeld(url);
  framework.kill('SIGTERM');
  expect(await answer).toMatchObject({ status: 500, body: expect.stringContaining('SIGTERM') });
  await exited;
  expect(await readChunk()).toEqual(PENDING);
});
