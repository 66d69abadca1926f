import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWithBucket } from './testing/start-test-storage.ts';

test('an object that does not exist is a 404 that names it', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('runs/1/feed.json');
  expect(await file.exists()).toEqual([false]);
  const failure = { code: 404, message: expect.stringContaining('permits-feed/runs/1/feed.json') };
  await expect(file.getMetadata()).rejects.toMatchObject(failure);
  await expect(file.download()).rejects.toMatchObject(failure);
  await expect(file.delete()).rejects.toMatchObject(failure);
});

test('metadata can be set, patched and removed, and its changes are counted', async () => {
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

test('a delete or patch whose precondition does not hold is a 412', async () => {
  await using server = await startWithBucket();
  const file = server.bucket.file('a');
  await file.save('1');
  await expect(file.delete({ ifGenerationMatch: 1 })).rejects.toMatchObject({ code: 412 });
  await expect(
    file.setMetadata({ contentType: 'x/y' }, { ifMetagenerationMatch: 2 }),
  ).rejects.toMatchObject({ code: 412 });
  expect(await file.exists()).toEqual([true]);
});

test('a read whose ifGenerationNotMatch is the live generation is a 304', async () => {
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
  'x'.repeat(1024),
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
