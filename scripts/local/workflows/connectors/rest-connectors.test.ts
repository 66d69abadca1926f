import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { startServer, type TestServer } from '../conformance/testing/start-server.ts';
import { createWorkflowsService } from '../create-workflows-service.ts';
import { acceptConnector } from './accept-connector.ts';
import { createRestConnector } from './create-rest-connector.ts';

const open: TestServer[] = [];
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

/** Answers with these in turn, then repeats the last one. A string is sent unchanged. */
async function serve(...answers: (number | string | object)[]): Promise<TestServer> {
  const server = await startServer((_request, response: ServerResponse) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    const status = typeof answer === 'number' ? answer : 200;
    const body = typeof answer === 'object' ? JSON.stringify(answer) : '';
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : body);
  });
  open.push(server);
  return server;
}

/** Calls a connector and returns its result or its error. */
async function call(server: TestServer, name: string, args: string, reaches = true) {
  const clock = createVirtualClock();
  const baseUrls = { pubsub: server.url, storage: server.url, made: server.url };
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    clock,
    connectorBaseUrls: reaches ? baseUrls : {},
    connectors: [
      createRestConnector(
        {
          name: 'googleapis.made.v1.things.create',
          service: 'made',
          method: 'POST',
          path: 'v1/{parent}/things',
          query: ['thingId'],
          hasBody: true,
          operationPath: 'v1/{name}',
        },
        baseUrls,
      ),
      acceptConnector('googleapis.compute.v1.instances.insert'),
    ],
  });
  const source = `- call_it:\n    call: ${name}\n    args: ${args}\n    result: answer\n- done:\n    return: \${answer}\n`;
  service.deploy({ workflowId: 'w', source });
  const { name: execution } = service.createExecution({ workflowId: 'w' });
  const ended = await service.waitForExecution(execution.split('/').at(-1) ?? '');
  await service.close();
  return {
    result: JSON.parse(ended.result ?? 'null'),
    error: JSON.parse(ended.error?.payload ?? 'null'),
    sleeps: clock.sleeps(),
  };
}

describe('Storage', () => {
  test.each([
    ['objects.get', '{bucket: b, object: "a%2Fb"}', 'GET /storage/v1/b/b/o/a%2Fb'],
    ['objects.get', '{bucket: b, object: o, alt: media}', 'GET /storage/v1/b/b/o/o?alt=media'],
    ['objects.list', '{bucket: b, prefix: runs/}', 'GET /storage/v1/b/b/o?prefix=runs%2F'],
    [
      'objects.insert',
      '{bucket: b, name: runs/7.json, uploadType: media, ifGenerationMatch: 0, body: {a: 1}}',
      'POST /upload/storage/v1/b/b/o?name=runs%2F7.json&uploadType=media&ifGenerationMatch=0',
    ],
    ['objects.patch', '{bucket: b, object: o, body: {}}', 'PATCH /storage/v1/b/b/o/o'],
    ['objects.delete', '{bucket: b, object: o}', 'DELETE /storage/v1/b/b/o/o'],
    [
      'objects.copy',
      '{sourceBucket: a, sourceObject: x, destinationBucket: b, destinationObject: y}',
      'POST /storage/v1/b/a/o/x/copyTo/b/b/o/y',
    ],
    ['buckets.get', '{bucket: b}', 'GET /storage/v1/b/b'],
    ['buckets.insert', '{query: {project: p}, body: {name: b}}', 'POST /storage/v1/b?project=p'],
    ['buckets.list', '{project: p}', 'GET /storage/v1/b?project=p'],
    ['buckets.delete', '{bucket: b}', 'DELETE /storage/v1/b/b'],
  ])('%s %s sends %s', async (method, args, sent) => {
    const server = await serve({ kind: 'storage#thing' });
    const { result } = await call(server, `googleapis.storage.v1.${method}`, args);
    expect(result).toEqual({ kind: 'storage#thing' });
    expect(server.received.map((one) => `${one.method} ${one.path}`)).toEqual([sent]);
  });
});

describe('Pub/Sub', () => {
  test.each([
    ['topics.create', '{name: projects/p/topics/t}', 'PUT /v1/projects/p/topics/t'],
    ['topics.get', '{topic: projects/p/topics/t}', 'GET /v1/projects/p/topics/t'],
    ['topics.list', '{project: projects/p}', 'GET /v1/projects/p/topics'],
    ['topics.delete', '{topic: projects/p/topics/t}', 'DELETE /v1/projects/p/topics/t'],
    [
      'topics.publish',
      '{topic: projects/p/topics/t, body: {messages: [{data: aGk=}]}}',
      'POST /v1/projects/p/topics/t:publish',
    ],
    [
      'subscriptions.create',
      '{name: projects/p/subscriptions/s, body: {topic: projects/p/topics/t}}',
      'PUT /v1/projects/p/subscriptions/s',
    ],
    ['subscriptions.get', '{subscription: s}', 'GET /v1/s'],
    ['subscriptions.delete', '{subscription: s}', 'DELETE /v1/s'],
    ['subscriptions.pull', '{subscription: s, body: {maxMessages: 1}}', 'POST /v1/s:pull'],
    ['subscriptions.acknowledge', '{subscription: s, body: {}}', 'POST /v1/s:acknowledge'],
  ])('%s %s sends %s', async (method, args, sent) => {
    const server = await serve({ name: 'it' });
    const { result } = await call(server, `googleapis.pubsub.v1.projects.${method}`, args);
    expect(result).toEqual({ name: 'it' });
    expect(server.received.map((one) => `${one.method} ${one.path}`)).toEqual([sent]);
  });
});

const GET = 'googleapis.storage.v1.buckets.get';
const DELETE = 'googleapis.storage.v1.buckets.delete';

describe('a connector', () => {
  test.each([
    ['GET', GET, [429, 502, 503, 504]],
    ['DELETE', DELETE, [429, 503]],
  ])('%s is retried after the statuses of its policy', async (_method, name, statuses) => {
    const server = await serve(...statuses, { fine: true });
    const { result, sleeps } = await call(server, name, '{bucket: b}');
    expect(result).toEqual({ fine: true });
    expect(sleeps).toEqual(statuses.map((_status, at) => 1.25 ** at));
  });

  test.each([
    [GET, 500],
    [GET, 404],
    [DELETE, 502],
    [DELETE, 504],
  ])('%s is not retried after %i', async (name, status) => {
    const server = await serve(status);
    const { error } = await call(server, name, '{bucket: b}');
    expect(error).toMatchObject({ code: status, tags: ['HttpError'] });
    expect(server.received).toHaveLength(1);
  });

  test('gives up after five retries', async () => {
    const server = await serve(503);
    expect((await call(server, GET, '{bucket: b}')).error).toMatchObject({ code: 503 });
    expect(server.received).toHaveLength(6);
  });

  test('stops retrying at the time-out of the whole call', async () => {
    const server = await serve(503);
    const args = '{bucket: b, connector_params: {timeout: 3}}';
    expect((await call(server, GET, args)).error).toMatchObject({ tags: ['TimeoutError'] });
    // At 0, 1 and 2.25 seconds; the next would be at 3.8125.
    expect(server.received).toHaveLength(3);
  });

  test('without a base URL raises ConnectionFailedError', async () => {
    const server = await serve({});
    const { error } = await call(server, GET, '{bucket: b}', false);
    expect(error).toMatchObject({ tags: ['ConnectionFailedError'] });
  });

  test.each([
    ['{bucket: b, connector_params: {scopes: https://x/auth}}'],
    ['{bucket: b, connector_params: {scopes: [https://x/auth], timeout: 31536000}}'],
    ['{bucket: b, connector_params: {polling_policy: {max_delay: 5}, skip_polling: false}}'],
  ])('accepts %s', async (args) => {
    expect((await call(await serve({ fine: true }), GET, args)).result).toEqual({ fine: true });
  });

  test.each([
    ['{bucket: 5, connector_params: {timeout: 0}}', 'ValueError'],
    ['{bucket: b, connector_params: {timeout: 31536001}}', 'ValueError'],
    ['{bucket: b, connector_params: {timeout: "9"}}', 'TypeError'],
    ['{bucket: b, connector_params: {time_out: 9}}', 'ValueError'],
    ['{bucket: b, connector_params: {scopes: 5}}', 'TypeError'],
    ['{bucket: b, connector_params: {skip_polling: "no"}}', 'TypeError'],
    ['{bucket: b, connector_params: {polling_policy: {initial_delay: 0}}}', 'ValueError'],
    ['{bucket: b, connector_params: 5}', 'TypeError'],
    ['{bucket: ""}', 'TypeError'],
    ['{bucket: null}', 'TypeError'],
  ])('refuses %s with %s', async (args, tag) => {
    expect((await call(await serve({}), GET, args)).error).toMatchObject({ tags: [tag] });
  });

  test('that is only accepted says how to register a real one when called', async () => {
    const name = 'googleapis.compute.v1.instances.insert';
    const { error } = await call(await serve({}), name, '{zone: z, anything: {at: all}}');
    expect(error).toMatchObject({ tags: ['SystemError'] });
    expect(error.message).toContain('createRestConnector');
  });
});

describe('a long-running operation', () => {
  const CREATE = 'googleapis.made.v1.things.create';
  const running = { name: 'operations/7', done: false };

  test('is polled after growing delays until it is done', async () => {
    const done = { name: 'operations/7', done: true, response: { id: 1 } };
    const server = await serve(running, running, running, done);
    const args = '{parent: projects/p, thingId: x, body: {}}';
    const { result, sleeps } = await call(server, CREATE, args);
    expect(result).toEqual(done);
    expect(sleeps).toEqual([1, 1.25, 1.5625]);
    expect(server.received.map((one) => `${one.method} ${one.path}`)).toEqual([
      'POST /v1/projects/p/things?thingId=x',
      ...Array.from({ length: 3 }, () => 'GET /v1/operations/7'),
    ]);
  });

  test('is polled by the given policy', async () => {
    const server = await serve(running, running, running, running, { ...running, done: true });
    const policy = '{initial_delay: 2, multiplier: 3, max_delay: 10}';
    const args = `{parent: p, connector_params: {polling_policy: ${policy}}}`;
    expect((await call(server, CREATE, args)).sleeps).toEqual([2, 6, 10, 10]);
  });

  test('that fails raises OperationError with error and operation', async () => {
    const failed = { name: 'operations/7', done: true, error: { code: 9, message: 'no' } };
    const { error } = await call(await serve(running, failed), CREATE, '{parent: p}');
    expect(error).toEqual({
      message: 'Execution failed or cancelled.',
      tags: ['OperationError'],
      error: failed.error,
      operation: failed,
    });
  });

  test('is returned at once with skip_polling', async () => {
    const args = '{parent: p, connector_params: {skip_polling: true}}';
    const { result, sleeps } = await call(await serve(running), CREATE, args);
    expect(result).toEqual(running);
    expect(sleeps).toEqual([]);
  });

  test('that never ends raises TimeoutError', async () => {
    const { error, sleeps } = await call(
      await serve(running),
      CREATE,
      '{parent: p, connector_params: {timeout: 100}}',
    );
    expect(error).toMatchObject({ tags: ['TimeoutError'] });
    expect(sleeps.reduce((sum, seconds) => sum + seconds)).toBeCloseTo(100, 5);
  });

  test('is polled again after a 503', async () => {
    const server = await serve(running, 503, { ...running, done: true });
    expect((await call(server, CREATE, '{parent: p}')).sleeps).toEqual([1, 1]);
  });

  test('that is missing from the response raises ResponseTypeError', async () => {
    const { error } = await call(await serve({ id: 1 }), CREATE, '{parent: p}');
    expect(error).toMatchObject({ tags: ['ResponseTypeError'] });
  });
});
