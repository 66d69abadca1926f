import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWithBucket, TEST_CONTENT } from './testing/start-test-storage.ts';

test('an object is copied with its content and its fields', async () => {
  await using server = await startWithBucket();
  await server.bucket
    .file('runs/1/feed.json')
    .save(TEST_CONTENT, { contentType: 'application/json' });
  const [copy] = await server.bucket.file('runs/1/feed.json').copy('runs/2/feed.json');
  expect((await copy.download())[0].equals(TEST_CONTENT)).toBe(true);
  expect((await copy.getMetadata())[0].contentType).toBe('application/json');
  await expect(server.bucket.file('nothing').copy('x')).rejects.toMatchObject({ code: 404 });
});

test('objects are composed in order, if the precondition holds', async () => {
  await using server = await startWithBucket();
  const { bucket } = server;
  for (const name of ['part-2', 'part-1']) {
    await bucket.file(name).save(`${name};`);
  }
  const parts = [bucket.file('part-1'), bucket.file('part-2')];
  const onlyNew = { ifGenerationMatch: 0 };
  const [whole] = await bucket.combine(parts, bucket.file('whole.json'), onlyNew);
  expect((await whole.download())[0].toString()).toBe('part-1;part-2;');
  const again = bucket.combine(parts, bucket.file('whole.json'), onlyNew);
  await expect(again).rejects.toMatchObject({ code: 412 });
  expect(readdirSync(join(server.directory, 'uploads'))).toEqual([]);
});
