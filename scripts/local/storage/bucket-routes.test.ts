import { expect, test } from 'vitest';
import { startTestStorage, startWithBucket } from './testing/start-test-storage.ts';

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

test('a bucket that contains an object is not deleted', async () => {
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
