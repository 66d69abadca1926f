import { expect, test } from 'vitest';
import { permitRecord } from '../../shared/testing/permit-record.ts';
import { checkKeyColumns } from './check-key-columns.ts';
import { listUnmapped } from './compare-columns.ts';

const COLUMNS = Object.keys(permitRecord(1));

function list(columns: readonly string[]) {
  return listUnmapped(new Set(columns));
}

function check(columns: readonly string[]) {
  return checkKeyColumns(new Set(columns), 7);
}

test('the City’s columns are all mapped or dropped', () => {
  expect(list(COLUMNS)).toEqual([]);
  expect(list([...COLUMNS, 'rank'])).toEqual([]);
});

test('unmapped columns are listed by name, at most 20, long names cut short', () => {
  expect(list([...COLUMNS, 'COUNCILLOR', 'OWN'])).toEqual(['COUNCILLOR', 'OWN']);
  const many = Array.from({ length: 30 }, (_, index) => `${index}`.padEnd(100, 'x'));
  const unmapped = list([...COLUMNS, ...many]);
  expect(unmapped).toHaveLength(20);
  expect(unmapped.every((name) => name.length === 60)).toBe(true);
});

test('a name that PostgreSQL cannot store is listed all the same', () => {
  expect(list(['A\0B', 'A\ud800B'])).toEqual(['A\ufffdB', 'A\ufffdB']);
});

test.each(['PERMIT_NUM', 'REVISION_NUM', 'PERMIT_TYPE'])(
  'a feed without %s is refused',
  (missing) => {
    const columns = [...COLUMNS.filter((name) => name !== missing), 'NEW_NAME'];
    expect(check(columns)).toMatchObject({
      code: 'schema_drift',
      outcome: 'permanent',
      runId: 7,
      message: `The feed's records have no ${missing}; unmapped columns: NEW_NAME`,
      hint: expect.stringMatching(/^Compare the feed with FEED_COLUMNS in .* change the code$/),
    });
  },
);

test('any other column may be missing', () => {
  expect(check(['PERMIT_NUM', 'REVISION_NUM', 'PERMIT_TYPE'])).toBeUndefined();
});

test('a feed none of whose records could be read passes', () => {
  expect(check([])).toBeUndefined();
});
