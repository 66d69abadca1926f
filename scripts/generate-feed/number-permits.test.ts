import { expect, test } from 'vitest';
import { countBirths, findBirthDay } from './lifetime.ts';
import { createNumbering } from './number-permits.ts';
import { dateOfDay, firstDayOfYear, formatDate } from './weekday-calendar.ts';

test.each([1, 40, 1000, 50_000])(
  'the numbers of %i records never repeat in three years',
  (records) => {
    const number = createNumbering(records);
    const ordinals = records + countBirths(records, 3 * 261);
    const prefixes = Array.from({ length: ordinals }, (_, ordinal) => number(ordinal).prefix);
    expect(new Set(prefixes).size).toBe(ordinals);
    expect(prefixes.every((prefix) => /^\d\d \d{6}$/.test(prefix))).toBe(true);
  },
);

test('a permit that joins later gets a number of that year', () => {
  const number = createNumbering(10_000);
  for (const ordinal of [10_000, 13_000, 17_777]) {
    const year = formatDate(dateOfDay(findBirthDay(10_000, ordinal))).slice(2, 4);
    expect(number(ordinal).prefix.slice(0, 2)).toBe(year);
  }
});

test('the birth day is the first by which that many permits have been born', () => {
  for (const records of [7, 1000, 237_000]) {
    for (let day = 1; day < 60; day += 1) {
      const [from, to] = [countBirths(records, day - 1), countBirths(records, day)];
      for (let birth = from; birth < to; birth += 100) {
        expect(findBirthDay(records, records + birth)).toBe(day);
      }
    }
  }
});

test('feed days are Mondays to Fridays from 5 January 2026', () => {
  expect([0, 1, 4, 5, 259].map((day) => formatDate(dateOfDay(day)))).toEqual([
    '2026-01-05',
    '2026-01-06',
    '2026-01-09',
    '2026-01-12',
    '2027-01-01',
  ]);
  expect([2026, 2027, 2028].map(firstDayOfYear)).toEqual([0, 259, 520]);
  expect(formatDate(dateOfDay(520))).toBe('2028-01-03');
});
