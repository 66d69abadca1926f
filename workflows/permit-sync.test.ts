import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createVirtualClock } from '../scripts/local/workflows/clock/virtual-clock.ts';
import {
  createWorkflowsService,
  type WorkflowsService,
} from '../scripts/local/workflows/create-workflows-service.ts';
import type { LogEntry } from '../scripts/local/workflows/service/log-entry.ts';

const source = readFileSync(new URL('permit-sync.yaml', import.meta.url), 'utf8');

type Call = { readonly path: string; readonly body: Record<string, unknown> };
type Answer = { readonly status: number; readonly body: unknown };

const open: { server?: Server; service?: WorkflowsService } = {};

afterEach(async () => {
  await open.service?.close();
  await new Promise((resolve) => (open.server ? open.server.close(resolve) : resolve(undefined)));
});

/** The functions and Pub/Sub as one small server; `answer` decides, `calls` remembers. */
async function startSync(answer: (call: Call, nth: number) => Answer) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part as Uint8Array);
    const path = request.url ?? '';
    const call = { path, body: JSON.parse(Buffer.concat(parts).toString() || '{}') };
    calls.push(call);
    const { status, body } = answer(call, calls.filter((other) => other.path === path).length);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // On a whole second the jitter is 0 to 30 s of the 300, known in advance.
  const clock = createVirtualClock({ startsAt: 1_700_000_000 });
  const logs: LogEntry[] = [];
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'northamerica-northeast2',
    clock,
    connectorBaseUrls: { pubsub: url },
    log: (entry) => logs.push(entry),
  });
  Object.assign(open, { server, service });
  service.deploy({
    workflowId: 'permit-sync',
    source,
    envVars: {
      DOWNLOAD_URL: `${url}/download`,
      INGEST_CHUNK_URL: `${url}/ingest-chunk`,
      FINALIZE_URL: `${url}/finalize`,
      SNAPSHOT_URL: `${url}/snapshot`,
      CHUNK_CONCURRENCY: '4',
    },
  });
  const run = async (argument?: unknown) => {
    const { name } = service.createExecution({
      workflowId: 'permit-sync',
      ...(argument === undefined ? {} : { argument: JSON.stringify(argument) }),
    });
    return service.waitForExecution(name.split('/').at(-1) ?? '');
  };
  const pathsOf = () => calls.map(({ path }) => path);
  return { calls, clock, logs, pathsOf, run };
}

function answerWell({ path }: Call): Answer {
  if (path === '/download') return { status: 200, body: { run_id: 7, chunks_total: 3 } };
  if (path === '/finalize') return { status: 200, body: { id: 7, status: 'completed' } };
  return { status: 200, body: { messageIds: ['1'] } };
}

const unavailable: Answer = { status: 503, body: { error: { code: 'feed_unavailable' } } };

test('a good day downloads, ingests each chunk once, finalizes and returns the sync run', async () => {
  const { calls, run, pathsOf } = await startSync(answerWell);
  const execution = await run({});
  expect(execution.error).toBeUndefined();
  expect(JSON.parse(execution.result ?? '')).toEqual({ id: 7, status: 'completed' });
  expect(pathsOf()[0]).toBe('/download');
  const chunks = calls.filter(({ path }) => path === '/ingest-chunk');
  expect(chunks.map(({ body }) => body.chunk_number).toSorted()).toEqual([1, 2, 3]);
  expect(chunks.every(({ body }) => body.run_id === 7)).toBe(true);
  expect(pathsOf().slice(-2)).toEqual(['/finalize', '/snapshot']);
});

test('no argument at all is a run like any other', async () => {
  const { calls, run } = await startSync(answerWell);
  const execution = await run();
  expect(execution.state).toBe('SUCCEEDED');
  expect(execution.argument).toBe('null');
  expect(Object.keys(calls[0]?.body ?? {})).toContain('execution_id');
});

test('a 503 is tried again after about 5 and about 15 minutes, then the run fails', async () => {
  const { clock, pathsOf, run } = await startSync((call) =>
    call.path === '/download' ? unavailable : answerWell(call),
  );
  const execution = await run({});
  expect(execution.state).toBe('FAILED');
  expect(pathsOf().filter((path) => path === '/download')).toHaveLength(3);
  const [first = 0, second = 0, ...others] = clock.sleeps();
  expect(others).toEqual([]);
  expect(first).toBeGreaterThanOrEqual(270);
  expect(first).toBeLessThanOrEqual(300);
  expect(second).toBe(Math.min(first * 3, 900));
  expect(JSON.parse(execution.error?.payload ?? '')).toMatchObject({ code: 503 });
});

test('a 503 that goes away after one retry is no failure', async () => {
  const { clock, pathsOf, run } = await startSync((call, nth) =>
    call.path === '/download' && nth === 1 ? unavailable : answerWell(call),
  );
  expect((await run({})).state).toBe('SUCCEEDED');
  expect(pathsOf().filter((path) => path === '/download')).toHaveLength(2);
  expect(clock.sleeps()).toHaveLength(1);
});

test('a 404 is not tried again', async () => {
  const { calls, clock, pathsOf, run } = await startSync((call) =>
    call.path === '/download' ? { status: 404, body: {} } : answerWell(call),
  );
  const execution = await run({});
  expect(execution.state).toBe('FAILED');
  expect(pathsOf().filter((path) => path === '/download')).toHaveLength(1);
  expect(clock.sleeps()).toEqual([]);
  const finalize = calls.find(({ path }) => path === '/finalize');
  expect(finalize?.body).toMatchObject({ outcome: 'failed', error: { code: 404 } });
});

test('a chunk that fails for good leaves the others to finish and fails the run by its number', async () => {
  const { calls, run } = await startSync((call) =>
    call.path === '/ingest-chunk' && call.body.chunk_number === 2
      ? { status: 422, body: {} }
      : answerWell(call),
  );
  const execution = await run({});
  expect(execution.state).toBe('FAILED');
  const chunks = calls.filter(({ path }) => path === '/ingest-chunk');
  expect(chunks.map(({ body }) => body.chunk_number).toSorted()).toEqual([1, 2, 3]);
  expect(execution.error?.payload).toContain('2');
});

test('a Pub/Sub message is a run with its data and its id', async () => {
  const { calls, run } = await startSync(answerWell);
  const data = Buffer.from(JSON.stringify({ accept_shrink: true })).toString('base64');
  const event = { data: { message: { data, messageId: '42' }, subscription: 's' } };
  expect((await run(event)).state).toBe('SUCCEEDED');
  expect(calls[0]?.body).toMatchObject({
    accept_shrink: true,
    message_id: '42',
    trigger: 'pubsub',
  });
});
