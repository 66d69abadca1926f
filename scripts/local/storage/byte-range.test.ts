import { expect, test } from 'vitest';
import { parseByteRange } from './byte-range.ts';

test.each([
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=3-5', { start: 3, end: 6 }],
  ['bytes=3-', { start: 3, end: 10 }],
  ['bytes=-4', { start: 6, end: 10 }],
  ['bytes=-400', { start: 0, end: 10 }],
  ['bytes=9-400', { start: 9, end: 10 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=10-12', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-3', undefined],
  ['bytes=-', undefined],
  ['bytes=0-1,4-5', undefined],
  ['lines=0-1', undefined],
  [undefined, undefined],
])('%s of ten bytes means %j', (header, range) => {
  expect(parseByteRange(header, 10)).toEqual(range);
});

test('no range of an empty object can be satisfied', () => {
  expect(parseByteRange('bytes=0-', 0)).toBe('unsatisfiable');
});
