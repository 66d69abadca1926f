import { expect, test } from 'vitest';
import { createFeedIndex, type FeedIndex } from './feed-index.ts';

let id = 0;

function record(permit: string, status: string) {
  id += 1;
  return { _id: id, PERMIT_NUM: permit, REVISION_NUM: '00', PERMIT_TYPE: 'House', STATUS: status };
}

function indexOf(...records: ReturnType<typeof record>[]): FeedIndex {
  const index = createFeedIndex();
  for (const each of records) index.add(each);
  return index;
}

test('in an empty database every key is new, and a repeated key is superseded', () => {
  const feed = indexOf(record('1', 'a'), record('2', 'a'), record('1', 'b'));
  expect([feed.records, feed.permits]).toEqual([3, 2]);
  expect(feed.expect()).toEqual({
    records_new: 2,
    records_updated: [0, 0],
    records_superseded: 1,
  });
});

test('after another feed, records are new, changed or unchanged; _id and removed permits do not count', () => {
  const before = indexOf(record('1', 'a'), record('2', 'a'), record('3', 'a'));
  const after = indexOf(record('4', 'a'), record('2', 'b'), record('1', 'a'));
  expect(after.expect(before)).toEqual({
    records_new: 1,
    records_updated: [1, 1],
    records_superseded: 0,
  });
});

test('a change among records with one key may be an update; a change of their order is not', () => {
  const before = indexOf(record('1', 'a'), record('1', 'b'));
  expect(indexOf(record('1', 'b'), record('1', 'a')).expect(before).records_updated).toEqual([
    0, 0,
  ]);
  expect(indexOf(record('1', 'b'), record('1', 'c')).expect(before).records_updated).toEqual([
    0, 1,
  ]);
});
