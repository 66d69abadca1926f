import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { startTestServer } from '../../shared/testing/start-test-server.ts';
import { openResponse } from './open-response.ts';

const IDLE_TIMEOUT_MS = 20;
/** On a busy machine a response may take longer than 20 ms. */
const ANSWER_TIMEOUT_MS = 1_000;

describe('openResponse', () => {
  test('gives up on a server that accepts the connection and sends nothing', async () => {
    await using server = await startTestServer(() => {});
    await expect(openResponse(new URL(server.url), false, IDLE_TIMEOUT_MS)).rejects.toThrow(
      'no data for 0.02 seconds',
    );
  });

  test('gives up on a body that stalls half-way', async () => {
    await using server = await startTestServer((_, response) => {
      response.write('[{"a": 1}');
    });
    const response = await openResponse(new URL(server.url), false, ANSWER_TIMEOUT_MS);
    await expect(text(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('identifies itself and asks for JSON, gzipped or not', async () => {
    await using server = await startTestServer((request, response) =>
      response.end(JSON.stringify(request.headers)),
    );
    const headers = JSON.parse(await text(await openResponse(new URL(server.url), false)));
    expect(headers).toMatchObject({
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': 'permit-sync',
      connection: 'close',
    });
  });

  test('refuses an address that is not public if publicOnly is set', async () => {
    await using server = await startTestServer((_, response) => response.end());
    const { port } = new URL(server.url);
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const opening = openResponse(new URL(`http://${host}:${port}`), true);
      await expect(opening).rejects.toThrow(/not a public address$/);
    }
    expect(server.requests).toEqual([]);
  });
});
