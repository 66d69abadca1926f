import { expect, test } from 'vitest';
import { type FeedRecord, permitRecord } from '../../shared/testing/permit-record.ts';
import { createRehearsal } from './rehearsal.ts';

/** Rehearses a feed of `count` records. */
function rehearse(count: number, recordAt: (index: number) => FeedRecord | string) {
  const { write, result } = createRehearsal();
  for (let index = 0; index < count; index += 1) {
    const record = recordAt(index);
    write(Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)));
  }
  return result();
}

function find({ columns }: ReturnType<typeof rehearse>, name: string) {
  return columns.find((column) => column.name === name);
}

test('up to a thousand records, the numbers are exact', () => {
  const rehearsed = rehearse(1_000, (index) =>
    permitRecord(index, index < 7 ? { ISSUED_DATE: '2026-02-30' } : {}),
  );
  expect(rehearsed).toMatchObject({ isEstimate: false, records: 1_000, rejects: 7 });
  expect([...rehearsed.reasons]).toEqual([['ISSUED_DATE', 7]]);
  expect(find(rehearsed, 'ISSUED_DATE')).toMatchObject({
    values: 1_000,
    unreadable: 7,
    example: '2026-02-30',
  });
});

test.each([1_100, 5_000, 40_000])('of %i records, the shares are estimates', (count) => {
  const text = JSON.stringify(permitRecord(1));
  const bad = JSON.stringify(permitRecord(1, { RESIDENTIAL: 'large' }));
  const rehearsed = rehearse(count, (index) => (index % 7 === 0 ? bad : text));
  expect(rehearsed.isEstimate).toBe(true);
  expect(rehearsed.records).toBeGreaterThan(count - 100);
  expect(rehearsed.records).toBeLessThanOrEqual(count);
  const column = find(rehearsed, 'RESIDENTIAL');
  expect(column?.values).toBe(rehearsed.records);
  expect((column?.unreadable ?? 0) / rehearsed.records).toBeCloseTo(1 / 7, 1);
});

test('fillers and empty values are neither read nor unreadable', () => {
  const values = [
    'DO NOT UPDATE OR DELETE THIS INFO FIELD',
    ' *** NOT USED *** ',
    '$',
    null,
    ' ',
    '9,999',
    '90 000 CAD',
  ];
  const rehearsed = rehearse(7, (index) => permitRecord(index, { EST_CONST_COST: values[index] }));
  expect(find(rehearsed, 'EST_CONST_COST')).toMatchObject({ values: 2, unreadable: 1 });
  expect(rehearsed.rejects).toBe(0);
});

test('what is no record is a reject without columns', () => {
  const { write, result } = createRehearsal();
  for (const text of ['17', 'oops', '[1]', 'null']) write(Buffer.from(text));
  write(undefined);
  expect(result()).toMatchObject({ records: 5, rejects: 5, names: new Set() });
  expect([...result().reasons.keys()]).toEqual(['not an object', 'not valid JSON', 'too large']);
});

test('a feed with very many names is not held in memory', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`N${index}`, 1]));
  const { names } = rehearse(10, (index) => permitRecord(index, many));
  expect([...names].filter((name) => /^N\d/.test(name))).toHaveLength(20);
  expect(names).toContain('BUILDER_NAME');
  expect(names).toContain('_id');
});
