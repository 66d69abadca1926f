import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Bucket, CreateWriteStreamOptions } from '@google-cloud/storage';
import { expect, test } from 'vitest';
import { startTestStorage, type TestStorage } from './start-test-storage.ts';

const CONTENT = Buffer.from(
  Array.from({ length: 100_000 }, (_, index) => `{"_id":${index}}`).join(',\n'),
);

async function startWithBucket(): Promise<TestStorage & { readonly bucket: Bucket }> {
  const server = await startTestStorage();
  const [bucket] = await server.storage.createBucket('permits-feed');
  return { ...server, bucket };
}

async function upload(bucket: Bucket, name: string, options: CreateWriteStreamOptions = {}) {
  const pieces = [CONTENT.subarray(0, 7), CONTENT.subarray(7, 500_000), CONTENT.subarray(500_000)];
  await pipeline(Readable.from(pieces), bucket.file(name).createWriteStream(options));
}

test('a bucket is created once, found, listed and deleted', async () => {
  await using server = await startTestStorage();
  const { storage } = server;
  const [bucket] = await storage.createBucket('permits-feed', {
    location: 'northamerica-northeast2',
  });
  await expect(storage.createBucket('permits-feed')).rejects.toMatchObject({ code: 409 });
  expect((await bucket.getMetadata())[0]).toMatchObject({
    name: 'permits-feed',
    location: 'northamerica-northeast2',
  });
  const [buckets] = await storage.getBuckets();
  expect(buckets.map(({ name }) => name)).toEqual(['permits-feed']);
  await bucket.delete();
  expect(await bucket.exists()).toEqual([false]);
  await expect(bucket.delete()).rejects.toMatchObject({ code: 404 });
});

test('a bucket that holds an object is not deleted', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('a').save('1');
  await expect(server.bucket.delete()).rejects.toMatchObject({ code: 409 });
});

test.each(['../escape', 'Upper', 'ab', 'a..b', '.hidden'])(
  'the bucket name %s is refused',
  async (name) => {
    await using server = await startTestStorage();
    await expect(server.storage.createBucket(name)).rejects.toMatchObject({ code: 400 });
  },
);

test.each<[string, CreateWriteStreamOptions]>([
  ['resumable', { resumable: true }],
  ['resumable in chunks', { resumable: true, chunkSize: 512 * 1024 }],
  ['simple', { resumable: false }],
  ['resumable with MD5', { resumable: true, validation: 'md5' }],
])('a %s upload comes back byte for byte, with its checksums verified', async (_kind, options) => {
  await using server = await startWithBucket();
  await upload(server.bucket, 'runs/1/feed.json', { ...options, contentType: 'application/json' });
  const file = server.bucket.file('runs/1/feed.json');
  expect((await file.download({ validation: 'md5' }))[0].equals(CONTENT)).toBe(true);
  expect((await file.download({ validation: 'crc32c' }))[0].equals(CONTENT)).toBe(true);
  const [metadata] = await file.getMetadata();
  expect(metadata).toMatchObject({
    bucket: 'permits-feed',
    name: 'runs/1/feed.json',
    contentType: 'application/json',
    size: String(CONTENT.length),
    metageneration: '1',
    generation: expect.stringMatching(/^\d{16}$/),
  });
});

test('an empty object is an object', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('empty').save('');
  expect((await server.bucket.file('empty').download())[0]).toHaveLength(0);
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

test('a range is exactly the bytes from start to end', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('digits');
  await file.save('0123456789');
  expect(await text(file.createReadStream({ start: 2, end: 5 }))).toBe('2345');
  expect(await text(file.createReadStream({ start: 7 }))).toBe('789');
  expect(await text(file.createReadStream({ end: -3 }))).toBe('789');
  expect(await text(file.createReadStream({ start: 8, end: 1000 }))).toBe('89');
  await expect(text(file.createReadStream({ start: 10 }))).rejects.toMatchObject({ code: 416 });
});

test('a range is answered with 206 and says where it lies', async () => {
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

test('a reader of a replaced object gets the generation it began with', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('feed.json');
  const first = Buffer.alloc(20_000_000, 'old.');
  await file.save(first);
  const response = await fetch(`${server.url}/storage/v1/b/permits-feed/o/feed.json?alt=media`);
  await file.save('new');
  expect(Buffer.from(await response.arrayBuffer()).equals(first)).toBe(true);
  expect((await file.download())[0].toString()).toBe('new');
});

test('an object that does not exist is a 404 that names it', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('runs/1/feed.json');
  expect(await file.exists()).toEqual([false]);
  const failure = { code: 404, message: expect.stringContaining('permits-feed/runs/1/feed.json') };
  await expect(file.getMetadata()).rejects.toMatchObject(failure);
  await expect(file.download()).rejects.toMatchObject(failure);
  await expect(file.delete()).rejects.toMatchObject(failure);
});

test('an upload to a bucket that does not exist is a 404', async () => {
  await using server = await startTestStorage();
  const file = server.storage.bucket('nowhere').file('a');
  await expect(file.save('1', { resumable: false })).rejects.toMatchObject({ code: 404 });
});

test('metadata can be set, patched and removed, and counts its changes', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('a');
  await file.save('1', {
    metadata: { cacheControl: 'no-store', metadata: { run: '1', kept: 'x' } },
  });
  await fetch(`${server.url}/storage/v1/b/permits-feed/o/a`, {
    method: 'PATCH',
    body: JSON.stringify({ cacheControl: null, contentType: 'text/csv', metadata: { run: null } }),
  });
  const [metadata] = await file.getMetadata();
  expect(metadata).toMatchObject({
    contentType: 'text/csv',
    metadata: { kept: 'x' },
    metageneration: '2',
  });
  expect(metadata.metadata).not.toHaveProperty('run');
  expect(metadata).not.toHaveProperty('cacheControl');
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

test('of two uploads that both demand a new object, one wins', async () => {
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

test('a delete or a patch on a condition that does not hold is a 412', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('a');
  await file.save('1');
  await expect(file.delete({ ifGenerationMatch: 1 })).rejects.toMatchObject({ code: 412 });
  await expect(
    file.setMetadata({ contentType: 'x/y' }, { ifMetagenerationMatch: 2 }),
  ).rejects.toMatchObject({ code: 412 });
  expect(await file.exists()).toEqual([true]);
});

test('a read with ifGenerationNotMatch of what is there is a 304', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('a').save('1');
  const [{ generation }] = await server.bucket.file('a').getMetadata();
  const url = `${server.url}/storage/v1/b/permits-feed/o/a`;
  expect((await fetch(`${url}?ifGenerationNotMatch=${generation}`)).status).toBe(304);
  expect((await fetch(`${url}?ifGenerationNotMatch=1`)).status).toBe(200);
});

test('only the live generation is found by number', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('a').save('1');
  const [{ generation = '' }] = await server.bucket.file('a').getMetadata();
  await server.bucket.file('a').save('2');
  expect(await server.bucket.file('a', { generation }).exists()).toEqual([false]);
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

test('a large upload that is refused at its beginning gets its answer', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('a', { generation: 1 });
  await expect(file.save(Buffer.alloc(30_000_000), { resumable: false })).rejects.toMatchObject({
    code: 412,
  });
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

test('objects are listed by prefix, delimiter and page', async () => {
  await using server = await startWithBucket();
  for (const name of ['b', 'runs/1/feed.json', 'runs/2/feed.json', 'runs/2/log', 'runs/readme']) {
    await server.bucket.file(name).save('x', { resumable: false });
  }
  const [runs] = await server.bucket.getFiles({ prefix: 'runs/2/', maxResults: 1 });
  expect(runs.map(({ name }) => name)).toEqual(['runs/2/feed.json']);
  const [all] = await server.bucket.getFiles({ prefix: 'runs/', autoPaginate: true });
  expect(all).toHaveLength(4);
  const [files, , page] = await server.bucket.getFiles({
    prefix: 'runs/',
    delimiter: '/',
    autoPaginate: false,
  });
  expect(files.map(({ name }) => name)).toEqual(['runs/readme']);
  expect(page).toMatchObject({ prefixes: ['runs/1/', 'runs/2/'] });
});

test.each([
  '../../../outside',
  '/etc/passwd',
  'a/../../b',
  '%2e%2e/x',
  'ümläut 許可 ?#&',
  'a\u0000b',
])('an object may be named %j and stays in its folder', async (name) => {
  await using server = await startWithBucket();
  await server.bucket.file(name).save(name, { resumable: false });
  const [files] = await server.bucket.getFiles();
  expect(files.map((file) => file.name)).toEqual([name]);
  expect((await server.bucket.file(name).download())[0].toString()).toBe(name);
  expect(readdirSync(join(server.directory, 'buckets/permits-feed/objects'))).toHaveLength(2);
  expect(readdirSync(server.directory).sort()).toEqual(['buckets', 'uploads']);
});

test.each(['', '.', '..', 'a\nb', 'x'.repeat(1025)])(
  'the object name %j is refused',
  async (name) => {
    await using server = await startWithBucket();
    const url = `${server.url}/upload/storage/v1/b/permits-feed/o?uploadType=media&name=`;
    const response = await fetch(url + encodeURIComponent(name), { method: 'POST', body: 'x' });
    expect(response.status).toBe(400);
  },
);

test('an object stored gzipped is unpacked for whoever does not accept gzip', async () => {
  await using server = await startWithBucket();
  await server.bucket.file('a').save(gzipSync(CONTENT), { metadata: { contentEncoding: 'gzip' } });
  expect((await server.bucket.file('a').download())[0].equals(CONTENT)).toBe(true);
  const [packed] = await server.bucket.file('a').download({ decompress: false });
  expect(gunzipSync(packed).equals(CONTENT)).toBe(true);
  const response = await fetch(`${server.url}/storage/v1/b/permits-feed/o/a?alt=media`, {
    headers: { 'accept-encoding': 'identity' },
  });
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(Buffer.from(await response.arrayBuffer()).equals(CONTENT)).toBe(true);
});

test('buckets and objects survive a restart, replaced content does not', async () => {
  const first = await startWithBucket();
  await first.bucket.file('a').save('old');
  await first.bucket.file('a').save('new', { metadata: { metadata: { run: '1' } } });
  const [before] = await first.bucket.file('a').getMetadata();
  await using second = await first.restart();
  const file = second.storage.bucket('permits-feed').file('a');
  expect((await file.download())[0].toString()).toBe('new');
  expect((await file.getMetadata())[0]).toMatchObject({
    generation: before.generation,
    metadata: { run: '1' },
  });
  expect(readdirSync(join(second.directory, 'buckets/permits-feed/objects'))).toHaveLength(2);
});

test('what a dead process left half-done is never visible and is removed at the start', async () => {
  const first = await startWithBucket();
  await first.bucket.file('a').save('1');
  const objects = join(first.directory, 'buckets/permits-feed/objects');
  const leftovers = [
    join(first.directory, 'uploads/half'),
    join(objects, '0123.1.data'),
    join(objects, '0123.json.tmp'),
  ];
  for (const path of leftovers) {
    writeFileSync(path, '{"half');
  }
  await using second = await first.restart();
  expect(leftovers.filter((path) => existsSync(path))).toEqual([]);
  const [files] = await second.storage.bucket('permits-feed').getFiles();
  expect(files.map(({ name }) => name)).toEqual(['a']);
});

test('progress of an upload is reported as it comes', async () => {
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
  expect(seen.at(-1)).toBe(CONTENT.length);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test('an object is copied with its content and its fields', async () => {
  await using server = await startWithBucket();
  await upload(server.bucket, 'runs/1/feed.json', { contentType: 'application/json' });
  const [copy] = await server.bucket.file('runs/1/feed.json').copy('runs/2/feed.json');
  expect((await copy.download())[0].equals(CONTENT)).toBe(true);
  expect((await copy.getMetadata())[0].contentType).toBe('application/json');
  await expect(server.bucket.file('nothing').copy('x')).rejects.toMatchObject({ code: 404 });
});

test('objects are composed in their order, on condition', async () => {
  await using server = await startWithBucket();
  const { bucket } = server;
  for (const name of ['part-2', 'part-1']) {
    await bucket.file(name).save(`${name};`);
  }
  const parts = [bucket.file('part-1'), bucket.file('part-2'), bucket.file('part-1')];
  const onlyNew = { ifGenerationMatch: 0 };
  const [whole] = await bucket.combine(parts, bucket.file('whole.json'), onlyNew);
  expect((await whole.download())[0].toString()).toBe('part-1;part-2;part-1;');
  const again = bucket.combine(parts, bucket.file('whole.json'), onlyNew);
  await expect(again).rejects.toMatchObject({ code: 412 });
  expect(readdirSync(join(server.directory, 'uploads'))).toEqual([]);
});

test('a method that the stand-in lacks says so', async () => {
  await using server = await startWithBucket();
  const response = await fetch(`${server.url}/storage/v1/b/permits-feed/acl`);
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({ error: { code: 501 } });
});
