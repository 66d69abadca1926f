import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startWithBucket, TEST_CONTENT } from './testing/start-test-storage.ts';

test('a range has exactly the bytes from start to end', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('digits');
  await file.save('0123456789');
  expect(await text(file.createReadStream({ start: 2, end: 5 }))).toBe('2345');
  expect(await text(file.createReadStream({ start: 7 }))).toBe('789');
  expect(await text(file.createReadStream({ end: -3 }))).toBe('789');
  expect(await text(file.createReadStream({ start: 8, end: 1000 }))).toBe('89');
  await expect(text(file.createReadStream({ start: 10 }))).rejects.toMatchObject({ code: 416 });
});

test('a range is answered with 206 and its position', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('a/digits').save('0123456789');
  const url = `${server.url}/download/storage/v1/b/permits-feed/o/a%2Fdigits?alt=media`;
  const response = await fetch(url, { headers: { range: 'bytes=2-5' } });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe('bytes 2-5/10');
  expect(response.headers.get('x-goog-hash')).toMatch(/^crc32c=\S+,md5=\S+$/);
  expect(await response.text()).toBe('2345');
  const beyond = await fetch(url, { headers: { range: 'bytes=10-' } });
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get('content-range')).toBe('bytes */10');
});

test('a reader of a replaced object gets the generation that it began with', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('feed.json');
  const first = Buffer.alloc(20_000_000, 'old.');
  await file.save(first);
  const response = await fetch(`${server.url}/storage/v1/b/permits-feed/o/feed.json?alt=media`);
  await file.save('new');
  expect(Buffer.from(await response.arrayBuffer()).equals(first)).toBe(true);
  expect((await file.download())[0].toString()).toBe('new');
});

test('a download that does not match the stored checksum fails in the client', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('a').save('what was stored');
  const folder = join(server.directory, 'buckets/permits-feed/objects');
  const dataFile = readdirSync(folder).find((file) => file.endsWith('.data')) ?? '';
  writeFileSync(join(folder, dataFile), 'what was storeD');
  await expect(server.bucket.file('a').download()).rejects.toMatchObject({
    code: 'CONTENT_DOWNLOAD_MISMATCH',
  });
});

test('an object stored as gzip is unpacked for clients that do not accept gzip', async () => {
  await using server = await startWithBucket();
  await server.bucket
    .file('a')
    .save(gzipSync(TEST_CONTENT), { metadata: { contentEncoding: 'gzip' } });
  expect((await server.bucket.file('a').download())[0].equals(TEST_CONTENT)).toBe(true);
  const [packed] = await server.bucket.file('a').download({ decompress: false });
  expect(gunzipSync(packed).equals(TEST_CONTENT)).toBe(true);
  const response = await fetch(`${server.url}/storage/v1/b/permits-feed/o/a?alt=media`, {
    headers: { 'accept-encoding': 'identity' },
  });
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(Buffer.from(await response.arrayBuffer()).equals(TEST_CONTENT)).toBe(true);
});

test('a HEAD of the content has the stored headers and no body', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('a').save('123', { contentType: 'application/json' });
  const url = `${server.url}/storage/v1/b/permits-feed/o/a?alt=media`;
  const response = await fetch(url, { method: 'HEAD' });
  expect(response.headers.get('content-length')).toBe('3');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.text()).toBe('');
});
