import { once } from 'node:events';
import { cp, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PubSub, v1 } from '@google-cloud/pubsub';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKysely, createPool } from '../../functions/shared/database.ts';
import { gaxOptions } from '../../functions/shared/endpoint.ts';
import { createExecutionsClient, workflowPath } from '../../functions/shared/executions.ts';
import type { Database } from '../../functions/shared/schema.ts';
import {
  type ClonedDatabase,
  cloneDatabase,
} from '../../functions/shared/testing/clone-database.ts';
import { generateText } from '../generate-feed/generate-text.ts';
import { type ChosenFeed, chooseFeed } from './ckan/choose-feed.ts';
import { type LocalCloud, startLocalCloud } from './start-local-cloud.ts';
import type { Execution } from './workflows/service/execution.ts';

let database: ClonedDatabase;
let directory: string;
let feed: ChosenFeed;
let cloud: LocalCloud;
let db: Kysely<Database>;
const logged = new EventTarget();

beforeAll(async () => {
  database = await cloneDatabase();
  directory = await mkdtemp(join(tmpdir(), 'local-cloud-'));
  feed = await chooseFeed({ dataDirectory: directory, records: 200 });
  await cp(fileURLToPath(new URL('../../workflows', import.meta.url)), workflows(), {
    recursive: true,
  });
  cloud = await startLocalCloud({
    dataDirectory: directory,
    workflowsDirectory: workflows(),
    watchesWorkflows: true,
    log: (message) => logged.dispatchEvent(new CustomEvent('line', { detail: message })),
    databaseUrl: database.url,
    functionsEnvironment: feed.functionsEnvironment,
  });
  db = createKysely(await createPool(cloud.config));
}, 60_000);

afterAll(async () => {
  await db.destroy();
  await cloud.stop();
  await feed.stop();
  await rm(directory, { recursive: true });
  await database[Symbol.asyncDispose]();
});

beforeEach(() => sql`truncate sync_runs, stored_permits cascade`.execute(db));

function workflows(): string {
  return join(directory, 'workflows-of-the-test');
}

function readRuns() {
  return db.selectFrom('sync_runs').selectAll().orderBy('id').execute();
}

async function writeFeed(records: number): Promise<string> {
  const path = join(directory, `${records}.json`);
  await writeFile(path, [...generateText({ records, day: 0 })]);
  return path;
}

function syncApi(init?: RequestInit): Promise<Response> {
  return fetch(`${cloud.functions['sync-api'].url}/api/sync`, init);
}

function postSync(body: unknown): Promise<Response> {
  return syncApi({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Resolves with the next execution that ends. */
function nextEnd(): Promise<Execution> {
  return new Promise((resolve) => {
    const unsubscribe = cloud.workflows.subscribe((execution) => {
      if (execution.state === 'ACTIVE') return;
      unsubscribe();
      resolve(execution);
    });
  });
}

/** Starts the workflow with Google's client of the Executions API. */
async function runWorkflow(argument?: unknown): Promise<Execution> {
  const client = await createExecutionsClient(cloud.config);
  const [{ name }] = await client.createExecution({
    parent: workflowPath(client, cloud.config),
    execution: argument === undefined ? {} : { argument: JSON.stringify(argument) },
  });
  await client.close();
  return cloud.workflows.waitForExecution(name?.split('/').at(-1) ?? '');
}

describe('I04 each trigger makes exactly one row', () => {
  test('Cloud Scheduler', async () => {
    const ended = nextEnd();
    await fetch(
      `${cloud.endpoint}/v1/projects/local-project/locations/northamerica-northeast2/workflows/permit-sync/executions`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ argument: '{"trigger": "schedule"}' }),
      },
    );
    expect(await ended).toMatchObject({ state: 'SUCCEEDED' });
    expect(await readRuns()).toMatchObject([{ trigger: 'schedule', status: 'completed' }]);
  });

  test('Pub/Sub through Eventarc', async () => {
    const ended = nextEnd();
    // This client takes the port from the endpoint, unlike the generated ones.
    const apiEndpoint = new URL(cloud.endpoint).host;
    const pubsub = new PubSub({ ...gaxOptions(cloud.config), apiEndpoint });
    await pubsub.topic('sync-trigger').publishMessage({ json: {} });
    expect(await ended).toMatchObject({ state: 'SUCCEEDED' });
    await pubsub.close();
    expect(await readRuns()).toMatchObject([{ trigger: 'pubsub', status: 'completed' }]);
  });

  test('gcloud or a client, without an argument', async () => {
    expect(await runWorkflow()).toMatchObject({ state: 'SUCCEEDED' });
    expect(await readRuns()).toMatchObject([{ trigger: 'manual', status: 'completed' }]);
  });

  test('POST /api/sync', async () => {
    expect(await postSync({ file_path: await writeFeed(10) })).toMatchObject({ status: 200 });
    expect(await readRuns()).toMatchObject([{ trigger: 'api', status: 'completed' }]);
  });

  test('a trigger whose argument is invalid', async () => {
    expect(await runWorkflow({ filepath: 'misspelt' })).toMatchObject({ state: 'FAILED' });
    expect(await readRuns()).toMatchObject([
      { status: 'failed', error_message: expect.stringContaining('filepath') },
    ]);
  });

  test.each([
    ['not JSON', 'hello', 'invalid_argument: "hello" is a text; send a JSON object such as'],
    ['misspelt', '{"file_pth": "x"}', 'Unrecognized key: "file_pth"'],
    ['of a wrong type', '{"partial": "yes"}', 'partial: Invalid input'],
  ])('a Pub/Sub message that is %s, delivered twice', async (_, text, message) => {
    const data = Buffer.from(text).toString('base64');
    const event = { data: { message: { data, messageId: '42' }, subscription: 's' } };
    expect(await runWorkflow(event)).toMatchObject({ state: 'FAILED' });
    const again = await runWorkflow(event);
    const [run, ...others] = await readRuns();
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      trigger: 'pubsub',
      message_id: '42',
      status: 'failed',
      error_code: 'invalid_request',
      error_message: expect.stringContaining(`invalid_request: ${message}`),
    });
    expect(again.state).toBe('SUCCEEDED');
    expect(JSON.parse(again.result ?? '')).toMatchObject({
      run_id: run?.id,
      duplicate_of: run?.id,
    });
  });

  test('an argument that is no object', async () => {
    expect(await runWorkflow(['x'])).toMatchObject({ state: 'FAILED' });
    expect(await readRuns()).toMatchObject([
      { trigger: 'manual', message_id: null, error_code: 'invalid_request' },
    ]);
  });
});

describe('the workflow', () => {
  test('L04 12,000 records make chunks of 5,000, 5,000 and 2,000 and records_total = 12,000', async () => {
    const file_path = await writeFeed(12_000);
    expect(await runWorkflow({ file_path })).toMatchObject({ state: 'SUCCEEDED' });
    const [run] = await readRuns();
    expect(run).toMatchObject({ status: 'completed', records_total: 12_000, chunks_total: 3 });
    const chunks = await db
      .selectFrom('sync_chunks')
      .select(['chunk_number', 'record_count', 'status'])
      .orderBy('chunk_number')
      .execute();
    expect(chunks).toEqual([
      { chunk_number: 1, record_count: 5_000, status: 'done' },
      { chunk_number: 2, record_count: 5_000, status: 'done' },
      { chunk_number: 3, record_count: 2_000, status: 'done' },
    ]);
  });

  test('completes an empty feed with no chunk, once it is accepted', async () => {
    const file_path = join(directory, 'empty.json');
    await writeFile(file_path, '[]');
    expect(await runWorkflow({ file_path, accept_shrink: true })).toMatchObject({
      state: 'SUCCEEDED',
    });
    expect(await readRuns()).toMatchObject([{ status: 'completed', chunks_total: 0 }]);
  });

  test('L03 a feed that cannot be read sets failed and error_message, and the execution fails', async () => {
    const execution = await runWorkflow({ file_path: join(directory, 'nowhere.json') });
    expect(execution).toMatchObject({ state: 'FAILED' });
    expect(await readRuns()).toMatchObject([
      {
        status: 'failed',
        error_message: expect.stringMatching(/^feed_not_found: .*nowhere\.json/),
      },
    ]);
  });

  test('I08 the letter of a failed run is on the dead-letter topic', async () => {
    const file_path = join(directory, 'nowhere.json');
    await runWorkflow({ file_path });
    const [run] = await readRuns();
    const subscriber = new v1.SubscriberClient(gaxOptions(cloud.config));
    const subscription = 'projects/local-project/subscriptions/sync-dead-letter';
    const [{ receivedMessages }] = await subscriber.pull({ subscription, maxMessages: 100 });
    await subscriber.close();
    const letters = (receivedMessages ?? []).map(({ message }) =>
      JSON.parse(String(message?.data)),
    );
    expect(letters).toContainEqual(
      expect.objectContaining({
        run_id: run?.id,
        execution_id: run?.execution_id,
        error_message: run?.error_message,
        attempts: 1,
        retryable: false,
        argument: { file_path },
      }),
    );
  });

  test('I09 a failed run is mailed: the failure and the dead letter', async () => {
    await runWorkflow({ file_path: join(directory, 'nowhere.json') });
    const [run] = await readRuns();
    await expect
      .poll(() => readdir(join(directory, 'mail')))
      .toEqual(
        expect.arrayContaining([
          expect.stringMatching(new RegExp(`Permit sync run ${run?.id} failed\\.eml$`)),
          expect.stringMatching(new RegExp(`${run?.execution_id} was dead-lettered\\.eml$`)),
        ]),
      );
  });

  test('returns the run as finalize closed it', async () => {
    const file_path = await writeFeed(10);
    const { result } = await runWorkflow({ file_path });
    const [run] = await readRuns();
    expect(JSON.parse(result ?? '')).toMatchObject({
      run_id: run?.id,
      status: 'completed',
      records_total: 10,
      duration_ms: run?.duration_ms,
    });
  });

  test('takes a snapshot after the run', async () => {
    await runWorkflow({ file_path: await writeFeed(10) });
    const [run] = await readRuns();
    const { rows } = await sql`select run_id, active_permits from data_quality_snapshots`.execute(
      db,
    );
    expect(rows).toEqual([{ run_id: run?.id, active_permits: 10 }]);
  });
});

describe('the public API', () => {
  test('I05 lists up to 20 runs, newest first, whatever the clock said', async () => {
    await db
      .insertInto('sync_runs')
      .values(
        Array.from({ length: 25 }, (_, index) => ({
          execution_id: `run-${index}`,
          trigger: 'manual' as const,
          status: 'failed' as const,
          error_message: 'x',
          started_at: new Date(Date.UTC(2026, 0, 1 + ((index * 7) % 25))),
          completed_at: new Date(Date.UTC(2026, 1, 1)),
          duration_ms: 1,
        })),
      )
      .execute();
    const { runs } = (await (await syncApi()).json()) as { runs: { execution_id: string }[] };
    expect(runs.map(({ execution_id }) => execution_id)).toEqual(
      Array.from({ length: 20 }, (_, index) => `run-${24 - index}`),
    );
  });

  test.each([[{}], [{ file_path: '' }], [{ file_path: '  ' }], [{ file_path: 7 }], [[]]])(
    'I06 answers %j with 400 and file_path is required',
    async (body) => {
      const response = await postSync(body);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: 'file_path is required' });
      expect(await readRuns()).toEqual([]);
    },
  );

  test('I07 answers with the final sync_run', async () => {
    const response = await postSync({ file_path: await writeFeed(12) });
    expect(await response.json()).toMatchObject({
      sync_run: { status: 'completed', trigger: 'api', records_total: 12, records_errors: 0 },
    });
  });

  test('answers a key that it does not know with 400, and starts nothing', async () => {
    const response = await postSync({ file_path: await writeFeed(12), partail: true });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'invalid_request',
      message: expect.stringContaining('partail'),
    });
    expect(await readRuns()).toEqual([]);
  });

  test('passes partial and accept_shrink on to the run', async () => {
    const file_path = await writeFeed(12);
    const partial = await postSync({ file_path, partial: true });
    expect(await partial.json()).toMatchObject({ sync_run: { partial: true, feed_records: 12 } });
    const accepted = await postSync({ file_path, accept_shrink: true });
    expect(await accepted.json()).toMatchObject({
      sync_run: { partial: false, accept_shrink: true },
    });
  });

  test('takes what curl -d sends, which has the content type of a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = JSON.stringify({ file_path: await writeFeed(12) });
    const response = await syncApi({ method: 'POST', headers, body });
    expect(await response.json()).toMatchObject({ sync_run: { records_total: 12 } });
  });

  test('answers a failed sync with 500, its code and its message', async () => {
    const response = await postSync({ file_path: join(directory, 'nowhere.json') });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      error: 'sync_failed',
      message: expect.stringContaining('nowhere.json'),
    });
  });

  test.each([
    ['GET', '/', 404],
    ['GET', '/api/sync/7', 404],
    ['DELETE', '/api/sync', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    const response = await fetch(`${cloud.functions['sync-api'].url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: expect.any(String) });
  });
});

test('a workflow’s file that changes is deployed again, with the same variables', async () => {
  const deployed = once(logged, 'line');
  const source = `- answer:\n    return: \${sys.get_env("DOWNLOAD_URL")}\n`;
  const saved = join(directory, 'saved');
  await writeFile(saved, source);
  await rename(saved, join(workflows(), 'hello.yaml'));
  const [event] = await deployed;
  expect(event.detail).toMatch(/^hello\.yaml is deployed as revision 000001-...$/);
  const { name } = cloud.workflows.createExecution({ workflowId: 'hello' });
  const { result } = await cloud.workflows.waitForExecution(name.split('/').at(-1) ?? '');
  expect(result).toBe(JSON.stringify(cloud.functions.download.url));
});
