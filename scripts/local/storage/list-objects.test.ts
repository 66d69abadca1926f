import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ListRequest, listObjects } from './list-objects.ts';
import type { ObjectRecord } from './object-record.ts';

function createRecord(name: string): ObjectRecord {
  return {
    bucket: 'b',
    name,
    fields: {},
    generation: '1',
    metageneration: '1',
    sizeBytes: 0,
    crc32c: '',
    md5Hash: '',
    timeCreated: '',
    updated: '',
    dataFile: '',
  };
}

function list(names: readonly string[], request: Partial<ListRequest>) {
  const { items, ...page } = listObjects(names.map(createRecord), { maxResults: 1000, ...request });
  return { ...page, names: items.map(({ name }) => name) };
}

test('names are listed in byte order', () => {
  expect(list(['é', 'b', 'Z', 'a/b', 'a'], {}).names).toEqual(['Z', 'a', 'a/b', 'b', 'é']);
});

test('a delimiter folds names into prefixes, which count toward the page', () => {
  const names = ['runs/1/a', 'runs/1/b', 'runs/2/a', 'runs/x'];
  const first = list(names, { prefix: 'runs/', delimiter: '/', maxResults: 2 });
  expect(first).toMatchObject({ names: [], prefixes: ['runs/1/', 'runs/2/'] });
  const pageToken = first.nextPageToken ?? '';
  expect(list(names, { prefix: 'runs/', delimiter: '/', maxResults: 2, pageToken })).toEqual({
    names: ['runs/x'],
    prefixes: [],
  });
});

test('a listing can be limited by an inclusive start and an exclusive end', () => {
  expect(list(['a', 'b', 'c', 'd'], { startOffset: 'b', endOffset: 'd' }).names).toEqual([
    'b',
    'c',
  ]);
});

test('the pages of any listing add up to all names, each once', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[ab/é]{1,4}$/));
  fc.assert(
    fc.property(
      names,
      fc.constantFrom('', 'a'),
      fc.integer({ min: 1, max: 3 }),
      (all, prefix, maxResults) => {
        const collected: string[] = [];
        let pageToken: string | undefined;
        do {
          const page = list(all, { prefix, maxResults, ...(pageToken && { pageToken }) });
          collected.push(...page.names);
          pageToken = page.nextPageToken;
        } while (pageToken !== undefined);
        expect(collected).toEqual(list(all, { prefix }).names);
        expect(collected.toSorted()).toEqual(
          all.filter((name) => name.startsWith(prefix)).toSorted(),
        );
      },
    ),
  );
});
