import { describe, expect, test } from 'vitest';
import { COLUMNS } from './feed-columns.ts';
import { generateRecords } from './generate-records.ts';

type Row = Readonly<Record<string, unknown>>;

const RECORDS = 20_000;

function listDay(day: number, options: { bad?: number; seed?: number } = {}): readonly Row[] {
  return [...generateRecords({ records: RECORDS, day, ...options })];
}

const days = [0, 1, 2].map((day) => listDay(day));
const [dayZero = [], dayOne = [], dayTwo = []] = days;

function keyOf(row: Row): string {
  return [row.PERMIT_NUM, row.REVISION_NUM, row.PERMIT_TYPE].join('|');
}

function groupBy(rows: readonly Row[], name: (row: Row) => string): Map<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(name(row));
    if (group === undefined) groups.set(name(row), [row]);
    else group.push(row);
  }
  return groups;
}

/** The contents without the volatile _id. */
function contentsOf({ _id, ...contents }: Row): string {
  return JSON.stringify(contents);
}

/** Compares two days by key, as a sync would; repeated keys are left out. */
function compareDays(before: readonly Row[], after: readonly Row[]) {
  const [old, fresh] = [before, after].map((rows) => groupBy(rows, keyOf)) as [
    Map<string, readonly Row[]>,
    Map<string, readonly Row[]>,
  ];
  const kept = [...old].filter(([key, rows]) => rows.length === 1 && fresh.has(key));
  const changed = kept.flatMap(([key, [row]]) => {
    const [now] = fresh.get(key) ?? [];
    return row && now && contentsOf(row) !== contentsOf(now) ? [{ row, now }] : [];
  });
  return {
    appeared: [...fresh.keys()].filter((key) => !old.has(key)).length,
    removed: [...old.keys()].filter((key) => !fresh.has(key)).length,
    changed,
  };
}

describe('a day', () => {
  test('day 0 has exactly as many records as asked for', () => {
    for (const records of [0, 1, 3, 777, 778, 1000]) {
      expect([...generateRecords({ records, day: 0 })].length).toBe(records);
    }
    expect(dayZero.length).toBe(RECORDS);
  });

  test('the same seed, size and day give the same records; another seed gives another city', () => {
    expect(listDay(2)).toEqual(dayTwo);
    expect(contentsOf(listDay(0, { seed: 2 })[0] ?? {})).not.toBe(contentsOf(dayZero[0] ?? {}));
  });

  test('every record has the 32 columns in the City’s order, and _id counts up', () => {
    for (const [index, row] of dayZero.entries()) {
      expect(Object.keys(row)).toEqual([...COLUMNS]);
      expect(row._id).toBe(index + 1);
    }
  });

  test('the key columns are never null and PERMIT_NUM always has 13 characters', () => {
    for (const row of [...dayZero, ...dayOne]) {
      expect(String(row.PERMIT_NUM)).toMatch(/^\d\d \d{6} {1,4}[A-Z0-9]{0,3}$/);
      expect(String(row.PERMIT_NUM).length).toBe(13);
      expect(typeof row.REVISION_NUM).toBe('string');
      expect(typeof row.PERMIT_TYPE).toBe('string');
    }
  });

  test('dates are real days, and some permits are issued before they were applied for', () => {
    const dates = dayZero.flatMap((row) =>
      [row.APPLICATION_DATE, row.ISSUED_DATE, row.COMPLETED_DATE].filter((date) => date !== null),
    );
    for (const date of dates) {
      expect(new Date(String(date)).toISOString().slice(0, 10)).toBe(date);
    }
    const impossible = dayZero.filter(
      (row) => row.ISSUED_DATE !== null && String(row.ISSUED_DATE) < String(row.APPLICATION_DATE),
    );
    expect(impossible.length).toBeGreaterThan(0);
  });

  test('the City’s oddities appear about as often as in its feed', () => {
    const share = (has: (row: Row) => boolean): number => dayZero.filter(has).length / RECORDS;
    const describes = (pattern: RegExp) => (row: Row) => pattern.test(String(row.DESCRIPTION));
    expect(share((row) => row.STREET_DIRECTION === ' ')).toBeCloseTo(0.85, 1);
    expect(share((row) => row.POSTAL === '   ')).toBeCloseTo(0.09, 1);
    expect(
      share((row) => row.EST_CONST_COST === 'DO NOT UPDATE OR DELETE THIS INFO FIELD'),
    ).toBeCloseTo(0.5, 1);
    expect(share((row) => row.DWELLING_UNITS_CREATED === null)).toBeCloseTo(0.67, 1);
    expect(share((row) => row.STATUS === 'Inspection')).toBeCloseTo(0.6, 1);
    expect(share((row) => row.BUILDER_NAME !== null)).toBeCloseTo(0.06, 1);
    expect(share(describes(/\n/))).toBeCloseTo(0.12, 1);
    expect(share(describes(/"/))).toBeGreaterThan(0.05);
    expect(share(describes(/\\/))).toBeGreaterThan(0);
    expect(share(describes(/Â[½²]/))).toBeGreaterThan(0);
    expect(share(describes(/\p{Surrogate}|\p{Extended_Pictographic}/u))).toBeGreaterThan(0);
    expect(share((row) => String(row.PERMIT_NUM).endsWith(' '))).toBeGreaterThan(0);
    expect(Math.max(...dayZero.map((row) => String(row.DESCRIPTION).length))).toBe(1942);
  });

  test('every column but the keys is null somewhere', () => {
    const [, ...columns] = COLUMNS;
    const never = columns.filter((column) => dayZero.every((row) => row[column] !== null));
    expect(never).toEqual(['PERMIT_NUM', 'REVISION_NUM', 'PERMIT_TYPE']);
  });
});

describe('from day to day', () => {
  test('0.15 % appear, 0.15 % are removed and 0.4 % change', () => {
    const { appeared, removed, changed } = compareDays(dayZero, dayOne);
    expect(appeared).toBe(30);
    expect(removed).toBeGreaterThan(20);
    expect(removed).toBeLessThan(45);
    expect(changed.length).toBeGreaterThan(60);
    expect(changed.length).toBeLessThan(105);
  });

  test('mostly the status changes, and a changed record differs in few columns', () => {
    const { changed } = compareDays(dayZero, listDay(10));
    const columns = changed.map(({ row, now }) =>
      Object.keys(row).filter((column) => column !== '_id' && row[column] !== now[column]),
    );
    const counts = Object.groupBy(columns.flat(), (column) => column);
    expect(Object.keys(counts).sort()).toEqual([
      'DESCRIPTION',
      'DWELLING_UNITS_CREATED',
      'ISSUED_DATE',
      'RESIDENTIAL',
      'STATUS',
      'STRUCTURE_TYPE',
    ]);
    expect((counts.STATUS?.length ?? 0) / changed.length).toBeGreaterThan(0.5);
  });

  test('a change persists', () => {
    const { changed } = compareDays(dayZero, dayOne);
    const later = groupBy(dayTwo, keyOf);
    const kept = changed.filter(({ now }) =>
      later.get(keyOf(now))?.some((row) => contentsOf(row) === contentsOf(now)),
    );
    // The others changed again or were removed on day 2.
    expect(kept.length).toBeGreaterThan(changed.length - 5);
  });

  test('no record keeps its _id', () => {
    for (const [index, row] of dayOne.entries()) expect(row._id).toBe(RECORDS + index + 1);
  });

  test('a permit that was removed does not come back', () => {
    const [before, after] = [groupBy(dayZero, keyOf), groupBy(dayOne, keyOf)];
    const removed = [...before.keys()].filter((key) => !after.has(key));
    for (const row of [...dayTwo, ...listDay(40)]) expect(removed).not.toContain(keyOf(row));
  });

  test('after 260 days the feed is about as large as on the first', () => {
    expect(Math.abs(listDay(260).length / RECORDS - 1)).toBeLessThan(0.03);
  });
});

describe('records that share a key', () => {
  test('1 in 1,000 is a conditional permit with another permit’s number and revision', () => {
    const pairs = [...groupBy(dayZero, (row) => `${row.PERMIT_NUM}|${row.REVISION_NUM}`).values()]
      .map((rows) => new Set(rows.map((row) => row.PERMIT_TYPE)))
      .filter((types) => types.size > 1);
    expect(pairs.length).toBe(20);
    expect(pairs.filter((types) => types.has('Conditional Permit')).length).toBe(20);
  });

  test('1 in 10,000 repeats a whole key with other contents, nearby or in another chunk', () => {
    const pairs = [...groupBy(dayZero, keyOf).values()].filter((rows) => rows.length > 1);
    expect(pairs.map((rows) => rows.map((row) => row._id))).toEqual([
      [613, 614],
      [3613, 10_614],
    ]);
    for (const [one, other] of pairs) {
      expect(contentsOf(one ?? {})).not.toBe(contentsOf(other ?? {}));
    }
  });

  test('such pairs never leave the feed', () => {
    const groups = [...groupBy(listDay(600), keyOf).values()];
    expect(groups.filter((rows) => rows.length > 1).length).toBeGreaterThanOrEqual(2);
  });

  test('such pairs swap places from day to day', () => {
    const orders = days.map((rows) =>
      [...groupBy(rows, keyOf).values()]
        .filter((group) => group.length > 1)
        .map((group) => group.map((row) => String(row.DESCRIPTION).endsWith(' - see folder'))),
    );
    expect(orders).toEqual([
      [
        [false, true],
        [false, true],
      ],
      [
        [true, false],
        [true, false],
      ],
      [
        [false, true],
        [false, true],
      ],
    ]);
  });
});

describe('bad records', () => {
  test('bad records are added to the others, four kinds in turn', () => {
    const rows = listDay(0, { bad: 8 });
    expect(rows.length).toBe(RECORDS + 8);
    const kindOf = (row: Row): string | null => {
      if (!('PERMIT_NUM' in row)) return 'no key';
      if (row.APPLICATION_DATE === '2024-02-30') return 'no such day';
      if (typeof row.DESCRIPTION === 'object' && row.DESCRIPTION !== null) return 'object';
      return String(row.DESCRIPTION).includes('\u0000') ? 'NUL' : null;
    };
    const kinds = ['no key', 'no such day', 'object', 'NUL'];
    expect(rows.map(kindOf).filter((kind) => kind !== null)).toEqual([...kinds, ...kinds]);
    expect(rows.filter((row) => kindOf(row) === null).map(contentsOf)).toEqual(
      dayZero.map(contentsOf),
    );
  });

  test('options out of range are named', () => {
    const generate = (options: Parameters<typeof generateRecords>[0]) => () => [
      ...generateRecords(options),
    ];
    expect(generate({ records: 1.5, day: 0 })).toThrow(
      'records must be a whole number from 0 to 2000000, not 1.5',
    );
    expect(generate({ records: 1, day: -1 })).toThrow('day must be a whole number');
    expect(generate({ records: 1, day: 0, bad: 2 })).toThrow('bad must be a whole number');
  });
});
