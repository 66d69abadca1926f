import { once } from 'node:events';
import { request as send } from 'node:http';
import { PassThrough } from 'node:stream';
import { type HttpFunction, http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { permanent, transient } from './errors.ts';
import { guardRequests } from './guard-requests.ts';
import { createEndpoint, createJsonEndpoint } from './http.ts';
import { createLog } from './log.ts';
import { createTestContext, type TestContext } from './testing/create-test-context.ts';
import { startTestServer } from './testing/start-test-server.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const contract = z.strictObject({ name: z.string(), size: z.int().default(1) });
type Work = (request: z.infer<typeof contract>) => Promise<unknown>;

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

/** Calls a function through the Functions Framework. */
async function callFunction(handler: HttpFunction, init: RequestInit) {
  http('function-under-test', handler);
  await using server = await startTestServer(
    guardRequests(getTestServer('function-under-test'), ['127.0.0.1']),
  );
  const response = await fetch(server.url, init);
  return { status: response.status, text: await response.text() };
}

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** Calls an endpoint that does `work`; returns the response and the log. */
async function callEndpoint(work: Work, init: RequestInit = post({ name: 'a' })) {
  const stream = new PassThrough();
  const logged = { ...context, log: createLog(stream) };
  const answer = await callFunction(
    createJsonEndpoint(logged, 'weigh', contract, (_, request) => work(request)),
    init,
  );
  const logText = String(stream.read() ?? '');
  const events = logText.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
  return { ...answer, body: () => JSON.parse(answer.text), logText, events };
}

function fail(error: unknown) {
  return callEndpoint(() => Promise.reject(error));
}

describe('a call that succeeds', () => {
  test('answers with JSON, after filling in the defaults of the contract', async () => {
    const { status, body } = await callEndpoint(async ({ name, size }) => ({
      name,
      twice: 2 * size,
    }));
    expect(status).toBe(200);
    expect(body()).toEqual({ name: 'a', twice: 2 });
  });

  test('does its work outside the framework’s domain, even after an await', async () => {
    const { body } = await callEndpoint(async () => {
      const before = 'domain' in process && process.domain;
      await new Promise(setImmediate);
      const after = 'domain' in process && process.domain;
      return { before: before ?? null, after: after ?? null };
    });
    expect(body()).toEqual({ before: null, after: null });
  });

  test('logs its start and its end', async () => {
    const { events } = await callEndpoint(async () => ({}));
    expect(events).toEqual([
      { severity: 'DEBUG', message: 'weigh started', event: 'call_started', step: 'weigh' },
      {
        severity: 'DEBUG',
        message: 'weigh completed',
        event: 'call_completed',
        step: 'weigh',
        duration_ms: expect.any(Number),
      },
    ]);
  });

  test.each([
    { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
    { 'x-cloud-trace-context': `${TRACE}/1;o=1` },
  ])('ties its log entries and those of its work to the trace in %o', async (headers) => {
    const stream = new PassThrough();
    const logged = { ...context, log: createLog(stream) };
    const handler = createJsonEndpoint(logged, 'weigh', contract, async ({ log }) => {
      log('INFO', 'deciding', { event: 'run_abandoned', run_id: 1, execution_id: 'one' });
    });
    await callFunction(handler, post({ name: 'a' }, headers));
    const lines = String(stream.read()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line)['logging.googleapis.com/trace'])).toEqual(
      Array(3).fill(`projects/test-project/traces/${TRACE}`),
    );
  });
});

describe('a call that fails', () => {
  test.each([
    ['transient', transient('feed_unavailable', 'try later'), 503],
    ['permanent', permanent('feed_malformed', 'try later'), 422],
    ['permanent with a status', permanent('feed_not_found', 'try later', { status: 404 }), 404],
  ])('with a %s error answers with its status and logs a warning', async (_, error, status) => {
    const answer = await fail(error);
    expect(answer.status).toBe(status);
    expect(answer.body()).toEqual({ error: { code: error.code, message: 'try later' } });
    expect(answer.events.at(-1)).toEqual({
      severity: 'WARNING',
      message: 'weigh failed: try later',
      event: 'call_failed',
      step: 'weigh',
      duration_ms: expect.any(Number),
      code: error.code,
      status,
    });
  });

  test('names its run and the next step', async () => {
    const error = permanent('busy', 'Run 3 is running', { status: 409, runId: 4, hint: 'Wait' });
    const { body, events } = await fail(error);
    expect(body()).toEqual({
      error: { code: 'busy', message: 'Run 3 is running', run_id: 4, hint: 'Wait' },
    });
    expect(events.at(-1)).toMatchObject({ run_id: 4 });
  });

  test('because of a bug answers 500 and logs the stack', async () => {
    const error = new TypeError('undefined is no function');
    const { status, body, text, events } = await fail(error);
    expect(status).toBe(500);
    expect(body()).toEqual({ error: { code: 'internal', message: 'undefined is no function' } });
    expect(text).not.toContain('http.test.ts');
    expect(events.at(-1)).toMatchObject({ severity: 'ERROR', status: 500, stack: error.stack });
  });

  test('because its work throws synchronously is handled alike', async () => {
    const { status } = await callEndpoint(() => {
      throw transient('feed_unavailable', 'later');
    });
    expect(status).toBe(503);
  });

  test('with a thrown value that is not an error answers 500', async () => {
    const { status, body } = await fail('a text');
    expect([status, body()]).toEqual([500, { error: { code: 'internal', message: 'a text' } }]);
  });

  test("does not repeat the row in a database error's detail", async () => {
    const detail = 'Failing row contains (26 100001 BLD, Jane Doe).';
    const error = Object.assign(new Error('violates a constraint'), { code: '23514', detail });
    const { text, logText } = await fail(error);
    expect(text + logText).toContain('violates a constraint');
    expect(text + logText).not.toContain('Jane Doe');
  });

  test('in the middle of its response breaks the connection', async () => {
    const handler = createEndpoint(context, 'weigh', async (_context, _request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('the beginning');
      throw transient('feed_unavailable', 'later');
    });
    await expect(callFunction(handler, { method: 'GET' })).rejects.toThrow();
  });

  test('answers in the endpoint’s own form, if it has one', async () => {
    const handler = createEndpoint(
      context,
      'weigh',
      () => Promise.reject(transient('feed_unavailable', 'later')),
      ({ code }, response) => {
        response.status(418).json({ error: code });
      },
    );
    expect(await callFunction(handler, { method: 'GET' })).toEqual({
      status: 418,
      text: '{"error":"feed_unavailable"}',
    });
  });
});

describe('a request that breaks the contract', () => {
  const refuse = (init: RequestInit) =>
    callEndpoint(() => Promise.reject(new Error('the work was done')), init);

  test.each([
    ['a field missing', {}, /^name: /],
    ['no body', undefined, /^name: /],
    ['a field of another type', { name: 5 }, /^name: /],
    ['a misspelt key', { name: 'a', sise: 2 }, /sise/],
    ['two faults', { name: 5, size: 'big' }, /^name: .*; size: /],
    ['a list', [1], /expected object/],
  ])('is a 400 that names %s', async (_, body, message) => {
    const answer = await refuse(post(body ?? ''));
    expect(answer.status).toBe(400);
    expect(answer.body()).toEqual({
      error: { code: 'invalid_request', message: expect.stringMatching(message) },
    });
  });

  test('is a 400 if it is not JSON', async () => {
    const { status } = await refuse(post('{"name": '));
    expect(status).toBe(400);
  });

  test('is a 400 if it is JSON under another content type', async () => {
    const answer = await refuse(post({ name: 'a' }, { 'content-type': 'text/plain' }));
    expect(answer.status).toBe(400);
    expect(answer.body()).toMatchObject({ error: { code: 'invalid_request' } });
  });

  test.each([
    ['cut', post('{"name": '), 400, 'The body is not valid JSON in UTF-8'],
    [
      'in latin1',
      post('{}', { 'content-type': 'application/json; charset=latin1' }),
      400,
      'latin1',
    ],
    ['compressed', post('{}', { 'content-encoding': 'gzip' }), 400, 'gzip'],
    ['too large', post(`"${'x'.repeat(65_536)}"`), 413, '65536 bytes'],
  ])('is refused in JSON if its body is %s', async (_, init, status, message) => {
    const answer = await refuse(init);
    expect(answer.status).toBe(status);
    expect(answer.body().error.message).toContain(message);
    expect(answer.events.at(-1)).toMatchObject({ event: 'call_failed', status });
  });

  test.each([
    ['by its length, before its body has come', { 'content-length': 300 * 2 ** 20 }, 0],
    ['as soon as its stream is too large', {}, 65_537],
  ])('is a 413 %s', async (_, headers, sentBytes) => {
    http(
      'function-under-test',
      createJsonEndpoint(context, 'weigh', contract, async () => ({})),
    );
    await using server = await startTestServer(
      guardRequests(getTestServer('function-under-test'), []),
    );
    const type = { 'content-type': 'application/json' };
    const request = send(server.url, { method: 'POST', headers: { ...type, ...headers } });
    request.flushHeaders();
    // The body does not end.
    if (sentBytes > 0) request.write('x'.repeat(sentBytes));
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(413);
    request.destroy();
  });

  test('takes a body of exactly 64 KiB', async () => {
    const name = 'x'.repeat(65_536 - '{"name":""}'.length);
    const { status } = await callEndpoint(async () => ({}), post({ name }));
    expect(status).toBe(200);
  });

  test('is not repeated in the response or the log', async () => {
    const { text, logText } = await refuse(post({ name: { builder: 'Jane Doe' } }));
    expect(text + logText).not.toContain('Jane Doe');
  });

  test.each(['GET', 'PUT', 'DELETE'])('is a 405 if its method is %s', async (method) => {
    const answer = await refuse({ method });
    expect(answer.status).toBe(405);
    expect(answer.body()).toEqual({
      error: { code: 'method_not_allowed', message: `weigh takes POST, not ${method}` },
    });
  });
});
