import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { generateRecords } from './generate-records.ts';
import { generateFeed } from './generate-text.ts';

test('the feed parses to the records', async () => {
  const options = { records: 2000, day: 3, bad: 4 };
  const text = (await buffer(generateFeed(options))).toString();
  expect(JSON.parse(text)).toEqual([...generateRecords(options)]);
});

test('the same inputs give the same bytes, another day gives others', async () => {
  const [one, same, other] = await Promise.all(
    [5, 5, 6].map((day) => buffer(generateFeed({ records: 1000, day }))),
  );
  expect(same).toEqual(one);
  expect(other).not.toEqual(one);
});

test('the feed is one line of ASCII, a bare array', async () => {
  const bytes = await buffer(generateFeed({ records: 20_000, day: 0 }));
  expect(bytes.every((byte) => byte >= 0x20 && byte < 0x7f)).toBe(true);
  expect(bytes.subarray(0, 10).toString()).toBe('[{"_id": 1');
  expect(bytes.subarray(-2).toString()).toBe('}]');
});

test('a feed of no records is an empty array', async () => {
  expect((await buffer(generateFeed({ records: 0, day: 0 }))).toString()).toBe('[]');
});
