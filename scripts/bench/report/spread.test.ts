import { expect, test } from 'vitest';
import { spreadOf } from './spread.ts';

test.each([
  [[3], { median: 3, least: 3, most: 3 }],
  [[9, 1, 4], { median: 4, least: 1, most: 9 }],
  [[10, 2, 4, 3], { median: 3.5, least: 2, most: 10 }],
])('the spread of %j is %j', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});

test('without values there is no spread', () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});
