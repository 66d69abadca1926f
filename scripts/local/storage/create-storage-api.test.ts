import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWithBucket } from './testing/start-test-storage.ts';

test('buckets and objects survive a restart', async () => {
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

test('leftovers of a dead process are never visible and are removed at the start', async () => {
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

test('replaced and deleted content is removed from the disk', async () => {
  await using server = await startWithBucket();
  const listFiles = () => readdirSync(join(server.directory, 'buckets/permits-feed/objects'));
  await server.bucket.file('a').save('old');
  await server.bucket.file('a').save('new');
  expect(listFiles()).toHaveLength(2);
  await server.bucket.file('a').delete();
  expect(listFiles()).toEqual([]);
});

test('a method that the stand-in lacks is answered with 501', async () => {
  await using server = await startWithBucket();
  const response = await fetch(`${server.url}/storage/v1/b/permits-feed/acl`);
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({ error: { code: 501 } });
});
