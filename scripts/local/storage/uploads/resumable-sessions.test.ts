import { readdirSync } from 'node:fs';
import { type ClientRequest, type OutgoingHttpHeaders, request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTestStorage, type TestStorage } from '../testing/start-test-storage.ts';

const CHUNK_BYTES = 256 * 1024;
const CONTENT = Buffer.alloc(3 * CHUNK_BYTES + 100, 'The quick brown fox. ');
const TOTAL = CONTENT.length;

type SessionServer = TestStorage & {
  readonly sessionUrl: string;
  put(contentRange: string | undefined, body?: Uint8Array, headers?: object): Promise<Response>;
  read(): Promise<string>;
};

async function startSession(query = ''): Promise<SessionServer> {
  const server = await startTestStorage();
  await server.storage.createBucket('feed-bucket');
  const response = await fetch(
    `${server.url}/upload/storage/v1/b/feed-bucket/o?uploadType=resumable&name=feed${query}`,
    { method: 'POST', headers: { 'x-upload-content-type': 'application/json' } },
  );
  const sessionUrl = response.headers.get('location') ?? '';
  return {
    ...server,
    sessionUrl,
    put: (contentRange, body = new Uint8Array(), headers = {}) =>
      fetch(sessionUrl, {
        method: 'PUT',
        redirect: 'manual',
        body: Uint8Array.from(body),
        headers: { ...(contentRange && { 'content-range': contentRange }), ...headers },
      }),
    read: async () =>
      (await server.storage.bucket('feed-bucket').file('feed').download())[0].toString(),
  };
}

/** Sends only the beginning of the content and waits until the server has its whole pieces. */
async function sendBeginning(
  server: SessionServer,
  sizeBytes: number,
  headers: OutgoingHttpHeaders = {
    'content-range': `bytes 0-*/${TOTAL}`,
    'content-length': TOTAL,
  },
): Promise<ClientRequest> {
  const request = sendRequest(server.sessionUrl, { method: 'PUT', headers });
  request.on('error', () => undefined);
  request.write(CONTENT.subarray(0, sizeBytes));
  const kept = sizeBytes - (sizeBytes % CHUNK_BYTES);
  while ((await server.put('bytes */*')).headers.get('range') !== `bytes=0-${kept - 1}`) {
    // Asks again until the bytes have arrived.
  }
  return request;
}

test('chunks are acknowledged with 308, and the last one creates the object', async () => {
  await using server = await startSession();
  const first = await server.put(`bytes 0-${CHUNK_BYTES - 1}/*`, CONTENT.subarray(0, CHUNK_BYTES));
  expect(first.status).toBe(308);
  expect(first.headers.get('range')).toBe(`bytes=0-${CHUNK_BYTES - 1}`);
  const rest = await server.put(
    `bytes ${CHUNK_BYTES}-${TOTAL - 1}/${TOTAL}`,
    CONTENT.subarray(CHUNK_BYTES),
  );
  expect(rest.status).toBe(200);
  expect(await rest.json()).toMatchObject({ name: 'feed', contentType: 'application/json' });
  expect(await server.read()).toBe(CONTENT.toString());
});

test('an upload in progress is not visible', async () => {
  await using server = await startSession();
  await server.put(`bytes 0-${CHUNK_BYTES - 1}/*`, CONTENT.subarray(0, CHUNK_BYTES));
  expect(await server.storage.bucket('feed-bucket').file('feed').exists()).toEqual([false]);
});

test('a status query says how far the upload is, before, during and after', async () => {
  await using server = await startSession();
  const before = await server.put('bytes */*');
  expect([before.status, before.headers.get('range')]).toEqual([308, null]);
  await server.put(`bytes 0-${CHUNK_BYTES - 1}/${TOTAL}`, CONTENT.subarray(0, CHUNK_BYTES));
  const during = await server.put(`bytes */${TOTAL}`);
  expect([during.status, during.headers.get('range')]).toEqual([308, `bytes=0-${CHUNK_BYTES - 1}`]);
  await server.put(`bytes ${CHUNK_BYTES}-*/${TOTAL}`, CONTENT.subarray(CHUNK_BYTES));
  const after = await server.put('bytes */*');
  expect(after.status).toBe(200);
  expect(await after.json()).toMatchObject({ size: String(TOTAL) });
});

test('an upload continues after a broken connection from the server’s offset', async () => {
  await using server = await startSession();
  (await sendBeginning(server, 300_000)).destroy();
  const rest = await server.put(
    `bytes ${CHUNK_BYTES}-${TOTAL - 1}/${TOTAL}`,
    CONTENT.subarray(CHUNK_BYTES),
  );
  expect(rest.status).toBe(200);
  expect(await server.read()).toBe(CONTENT.toString());
});

test('a broken connection does not end an upload of unknown length', async () => {
  await using server = await startSession();
  const headers = { 'content-range': 'bytes 0-*/*', 'transfer-encoding': 'chunked' };
  (await sendBeginning(server, 300_000, headers)).destroy();
  expect((await server.put('bytes */*')).status).toBe(308);
  const rest = await server.put(`bytes ${CHUNK_BYTES}-*/*`, CONTENT.subarray(CHUNK_BYTES));
  expect(rest.status).toBe(200);
  expect(await server.read()).toBe(CONTENT.toString());
});

test('only multiples of 256 KiB are kept of an upload that breaks off', async () => {
  await using server = await startSession();
  (await sendBeginning(server, 300_000)).destroy();
  const rest = await server.put(`bytes 300000-${TOTAL - 1}/${TOTAL}`, CONTENT.subarray(300_000));
  expect(rest.status).toBe(400);
  expect(await rest.text()).toContain('exceeds already uploaded size of 262144 byte(s)');
});

test('bytes that arrive twice are stored once', async () => {
  await using server = await startSession();
  (await sendBeginning(server, 300_000)).destroy();
  const again = await server.put(`bytes 0-${TOTAL - 1}/${TOTAL}`, CONTENT);
  expect(again.status).toBe(200);
  expect(await server.read()).toBe(CONTENT.toString());
});

test('a client that sends again need not wait for its earlier request', async () => {
  await using server = await startSession();
  await sendBeginning(server, 300_000);
  const again = await server.put(`bytes 0-${TOTAL - 1}/${TOTAL}`, CONTENT);
  expect(again.status).toBe(200);
  expect(await server.read()).toBe(CONTENT.toString());
});

test('a gap is refused and the upload can continue', async () => {
  await using server = await startSession();
  const gap = await server.put(`bytes 10-${TOTAL - 1}/${TOTAL}`, CONTENT.subarray(10));
  expect(gap.status).toBe(400);
  expect(await gap.text()).toContain('offset is 10 byte(s), which exceeds');
  expect((await server.put(undefined, CONTENT)).status).toBe(200);
});

test('a chunk under 256 KiB that is not the last is refused', async () => {
  await using server = await startSession();
  const chunk = await server.put('bytes 0-99/*', CONTENT.subarray(0, 100));
  expect(chunk.status).toBe(400);
  expect(await chunk.text()).toContain('262144');
});

test('a Content-Range that cannot be read is refused', async () => {
  await using server = await startSession();
  expect((await server.put('bytes 0-99', CONTENT.subarray(0, 100))).status).toBe(400);
});

test('an empty object can be uploaded', async () => {
  await using server = await startSession();
  expect((await server.put('bytes */0')).status).toBe(200);
  expect(await server.read()).toBe('');
});

test('a wrong checksum with the last chunk refuses the upload and ends the session', async () => {
  await using server = await startSession();
  const last = await server.put(undefined, CONTENT, { 'x-goog-hash': 'crc32c=AAAAAA==' });
  expect(last.status).toBe(400);
  expect((await server.put('bytes */*')).status).toBe(404);
  expect(readdirSync(join(server.directory, 'uploads'))).toEqual([]);
});

test('a condition that fails only at the end is still a 412', async () => {
  await using server = await startSession('&ifGenerationMatch=0');
  await server.storage.bucket('feed-bucket').file('feed').save('meanwhile');
  expect((await server.put(undefined, CONTENT)).status).toBe(412);
  expect(await server.read()).toBe('meanwhile');
});

test('a cancelled upload leaves nothing and cannot continue', async () => {
  await using server = await startSession();
  await server.put(`bytes 0-${CHUNK_BYTES - 1}/*`, CONTENT.subarray(0, CHUNK_BYTES));
  expect((await fetch(server.sessionUrl, { method: 'DELETE' })).status).toBe(499);
  expect((await server.put(undefined, CONTENT)).status).toBe(499);
  expect(readdirSync(join(server.directory, 'uploads'))).toEqual([]);
});

test('a client that cannot read 308 is told in a header', async () => {
  await using server = await startSession();
  const response = await server.put('bytes */*', undefined, { 'x-guploader-no-308': 'yes' });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-http-status-code-override')).toBe('308');
});

test('after a restart the session is unknown, and the client begins again', async () => {
  const server = await startSession();
  await server.put(`bytes 0-${CHUNK_BYTES - 1}/*`, CONTENT.subarray(0, CHUNK_BYTES));
  await using restarted = await server.restart();
  const url = new URL(server.sessionUrl);
  const response = await fetch(restarted.url + url.pathname + url.search, {
    method: 'PUT',
    headers: { 'content-range': 'bytes */*' },
  });
  expect(response.status).toBe(404);
});
