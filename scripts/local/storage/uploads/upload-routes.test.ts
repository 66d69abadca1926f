import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bucket, CreateWriteStreamOptions } from '@google-cloud/storage';
import { expect, test } from 'vitest';
import { startTestStorage, startWithBucket, TEST_CONTENT } from '../testing/start-test-storage.ts';

async function upload(bucket: Bucket, name: string, options: CreateWriteStreamOptions = {}) {
  const bytes = TEST_CONTENT;
  const pieces = [bytes.subarray(0, 7), bytes.subarray(7, 500_000), bytes.subarray(500_000)];
  await pipeline(Readable.from(pieces), bucket.file(name).createWriteStream(options));
}

test.each<[string, CreateWriteStreamOptions]>([
  ['resumable', { resumable: true }],
  ['resumable in chunks', { resumable: true, chunkSize: 512 * 1024 }],
  ['simple', { resumable: false }],
  ['resumable with MD5', { resumable: true, validation: 'md5' }],
])('a %s upload comes back byte for byte, with its checksums verified', async (_kind, options) => {
  await using server = await startWithBucket();
  await upload(server.bucket, 'runs/1/feed.json', { ...options, contentType: 'application/json' });
  const file = server.bucket.file('runs/1/feed.json');
  expect((await file.download({ validation: 'md5' }))[0].equals(TEST_CONTENT)).toBe(true);
  expect((await file.download({ validation: 'crc32c' }))[0].equals(TEST_CONTENT)).toBe(true);
  const [metadata] = await file.getMetadata();
  expect(metadata).toMatchObject({
    bucket: 'permits-feed',
    name: 'runs/1/feed.json',
    contentType: 'application/json',
    size: String(TEST_CONTENT.length),
    metageneration: '1',
    generation: expect.stringMatching(/^\d{16}$/),
  });
});

test('an empty object is an object', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('empty').save('');
  expect((await server.bucket.file('empty').download())[0]).toHaveLength(0);
});

test('an upload to a bucket that does not exist is a 404', async () => {
  await using server = await startTestStorage();
  const file = server.storage.bucket('nowhere').file('a');
  await expect(file.save('1', { resumable: false })).rejects.toMatchObject({ code: 404 });
});

test.each([{ resumable: true }, { resumable: false }])(
  'ifGenerationMatch 0 creates an object once ($resumable)',
  async ({ resumable }) => {
    await using server = await startWithBucket();
    const save = (text: string, ifGenerationMatch: number | string) =>
      server.bucket.file('lock').save(text, { resumable, preconditionOpts: { ifGenerationMatch } });
    await save('first', 0);
    await expect(save('second', 0)).rejects.toMatchObject({
      ...(resumable ? { status: 412 } : { code: 412 }),
    });
    const [{ generation = '' }] = await server.bucket.file('lock').getMetadata();
    await save('third', generation);
    await expect(save('fourth', generation)).rejects.toThrow();
    expect((await server.bucket.file('lock').download())[0].toString()).toBe('third');
  },
);

test('one of two uploads that both demand a new object wins', async () => {
  await using server = await startWithBucket();
  const outcomes = await Promise.allSettled(
    ['a', 'b'].map((text) =>
      server.bucket
        .file('lock')
        .save(text, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } }),
    ),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test.each([
  ['crc32c=AAAAAA==', 'CRC32C'],
  ['md5=AAAAAAAAAAAAAAAAAAAAAA==', 'MD5'],
])('content that does not match X-Goog-Hash %s is refused', async (hash, algorithm) => {
  await using server = await startWithBucket();
  const url = `${server.url}/upload/storage/v1/b/permits-feed/o?uploadType=media&name=a`;
  const response = await fetch(url, {
    method: 'POST',
    body: 'x',
    headers: { 'x-goog-hash': hash },
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { code: 400, message: expect.stringContaining(algorithm) },
  });
  expect(await server.bucket.file('a').exists()).toEqual([false]);
  expect(readdirSync(join(server.directory, 'uploads'))).toEqual([]);
});

test('content is checked against the checksum in its metadata', async () => {
  await using server = await startWithBucket();
  const save = (crc32c: string) =>
    server.bucket
      .file('a')
      .save('123456789', { resumable: false, validation: false, metadata: { crc32c } });
  await expect(save('AAAAAA==')).rejects.toMatchObject({ code: 400 });
  await save('4waSgw==');
  expect(await server.bucket.file('a').exists()).toEqual([true]);
});

test('a client that sends everything before it reads still gets the refusal', async () => {
  await using server = await startWithBucket();
  const request = sendRequest(
    `${server.url}/upload/storage/v1/b/permits-feed/o?uploadType=multipart&ifGenerationMatch=1`,
    { method: 'POST', headers: { 'content-type': 'multipart/related; boundary=B' } },
  );
  const answered = once(request, 'response');
  const head = '--B\n\n{"name":"a"}\n--B\n\n';
  const zeros = Array.from({ length: 300 }, () => Buffer.alloc(65_536));
  await pipeline(Readable.from([head, ...zeros, '\n--B--']), request);
  const [response] = await answered;
  expect(response.statusCode).toBe(412);
});

test('an upload whose client hangs up leaves nothing', async () => {
  const { promise: received, resolve: noteReceived } = Promise.withResolvers<void>();
  await using server = await startTestStorage({ onUploadProgress: () => noteReceived() });
  const [bucket] = await server.storage.createBucket('permits-feed');
  const url = `${server.url}/upload/storage/v1/b/permits-feed/o?uploadType=media&name=a`;
  const request = sendRequest(url, { method: 'POST', headers: { 'content-length': 100 } });
  request.on('error', () => undefined);
  request.write('the first half');
  await received;
  request.destroy();
  const uploads = join(server.directory, 'uploads');
  await expect.poll(() => readdirSync(uploads)).toEqual([]);
  expect(await bucket.file('a').exists()).toEqual([false]);
});

test('the progress of an upload is reported as bytes arrive', async () => {
  const seen: number[] = [];
  await using server = await startTestStorage({
    onUploadProgress: ({ bucket, name }, bytesReceived) => {
      expect(`${bucket}/${name}`).toBe('permits-feed/feed.json');
      seen.push(bytesReceived);
    },
  });
  const [bucket] = await server.storage.createBucket('permits-feed');
  await upload(bucket, 'feed.json');
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.at(-1)).toBe(TEST_CONTENT.length);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});
