import express from 'express';
import { expect, test } from 'vitest';
import { createFaultSwitch, type FaultSwitch } from './fault-switch.ts';
import { listen } from './listen.ts';

/** An API that notes the bytes of each body it gets, and answers with ten bytes. */
async function startApi(faults: FaultSwitch) {
  const bodies: string[] = [];
  const app = express().use(faults.handler, async (request, response) => {
    let body = '';
    try {
      for await (const part of request) body += part;
    } finally {
      bodies.push(body);
    }
    response.write('01234');
    response.end('56789');
  });
  const server = await listen(app, 0);
  return { ...server, bodies, [Symbol.asyncDispose]: server.close };
}

test('a fault hits as many requests of its operation as were armed, and no others', async () => {
  const faults = createFaultSwitch();
  await using api = await startApi(faults);
  faults.arm({ operation: /^GET \/a\?x=1/, fault: { status: 503 }, times: 2 });
  const paths = ['/a?x=1', '/a', '/b', '/a?x=1', '/a?x=1'];
  const answers = [];
  for (const path of paths) answers.push((await fetch(`${api.url}${path}`)).status);
  expect(answers).toEqual([503, 200, 200, 503, 200]);
  expect(faults.disarm()).toBe(2);
});

test('faults of one operation follow each other until they are disarmed', async () => {
  const faults = createFaultSwitch();
  await using api = await startApi(faults);
  const operation = /^GET/;
  faults.arm(
    { operation, fault: { status: 429 } },
    { operation, fault: { status: 500 } },
    { operation, fault: { status: 503 }, times: 9 },
  );
  const get = () => fetch(api.url);
  expect(await (await get()).json()).toMatchObject({
    error: { code: 429, status: 'RESOURCE_EXHAUSTED', errors: [{ reason: 'rateLimitExceeded' }] },
  });
  expect((await get()).status).toBe(500);
  expect((await get()).status).toBe(503);
  expect(faults.disarm()).toBe(3);
  expect((await get()).status).toBe(200);
});

test('a response is cut after its bytes', async () => {
  const faults = createFaultSwitch();
  await using api = await startApi(faults);
  faults.arm({ operation: /^GET/, fault: { cutResponseAfter: 7 } });
  const response = await fetch(api.url);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let received = '';
  const read = async () => {
    for (;;) received += Buffer.from((await reader.read()).value ?? []).toString();
  };
  await expect(read()).rejects.toThrow('terminated');
  expect(received).toBe('0123456');
});

test('with a cut after no byte, the request is served and its answer is lost', async () => {
  const faults = createFaultSwitch();
  await using api = await startApi(faults);
  faults.arm({ operation: /^POST/, fault: { cutResponseAfter: 0 } });
  await expect(fetch(api.url, { method: 'POST', body: 'whole' })).rejects.toThrow('fetch failed');
  expect(api.bodies).toEqual(['whole']);
});

test('a request is cut after its bytes', async () => {
  const faults = createFaultSwitch();
  await using api = await startApi(faults);
  faults.arm({ operation: /^PUT/, fault: { cutRequestAfter: 3 } });
  await expect(fetch(api.url, { method: 'PUT', body: 'whole' })).rejects.toThrow('fetch failed');
  await expect.poll(() => api.bodies).toEqual(['who']);
});

test('one byte of a request is changed', async () => {
  const faults = createFaultSwitch();
  await using api = await startApi(faults);
  faults.arm({ operation: /^PUT/, fault: { changeRequestAt: 4 } });
  await fetch(api.url, { method: 'PUT', body: 'abcdefg' });
  expect(api.bodies).toEqual(['abcddfg']);
});
