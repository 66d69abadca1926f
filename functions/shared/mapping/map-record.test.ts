import { describe, expect, test } from 'vitest';
import { type FeedRecord, permitRecord } from '../testing/permit-record.ts';
import { parseExactly } from './exact-number.ts';
import { hashRow, mapRecord } from './map-record.ts';
import { readKey, scanKey } from './read-key.ts';

function hashOf(fields: FeedRecord): string {
  const mapped = mapRecord(permitRecord(1, fields));
  if ('reason' in mapped) throw new Error(mapped.reason);
  return hashRow(mapped.row);
}

describe('mapRecord', () => {
  test('hashes the stored values, not their spelling in the feed', () => {
    const hash = hashOf({});
    expect(hashOf({ _id: 99, rank: 0.5 })).toBe(hash);
    expect(hashOf({ STATUS: ' Permit Issued  ', EST_CONST_COST: '450000.00' })).toBe(hash);
    expect(hashOf({ ISSUED_DATE: '2026/02/10', CURRENT_USE: '   ' })).toBe(hash);
    expect(hashOf({ NEW_COLUMN: null, OTHER: ' ' })).toBe(hash);
  });

  test.each([
    { PERMIT_NUM: '26 100001 BLD ' },
    { STATUS: 'Inspection' },
    { RESIDENTIAL: 212.51 },
    { DWELLING_UNITS_LOST: null },
    { NEW_COLUMN: 'a' },
  ])('gives %j another hash', (fields) => {
    expect(hashOf(fields)).not.toBe(hashOf({}));
  });

  test('gives a value and the same value in the next column different hashes', () => {
    expect(hashOf({ CURRENT_USE: 'SFD', PROPOSED_USE: null })).not.toBe(
      hashOf({ CURRENT_USE: null, PROPOSED_USE: 'SFD' }),
    );
    expect(hashOf({ CURRENT_USE: '\\N' })).not.toBe(hashOf({ CURRENT_USE: null }));
    expect(hashOf({ WORK: 'a\tb', STREET_NUM: 'c' })).not.toBe(
      hashOf({ WORK: 'a', STREET_NUM: 'b\tc' }),
    );
  });

  test('hashes equal numbers in an unmapped column alike, and different ones not', () => {
    const hashOfNumber = (text: string) => hashOf({ OWN: parseExactly(text) });
    expect(hashOfNumber('1.10')).toBe(hashOfNumber('0.11e1'));
    expect(hashOfNumber('1e400')).toBe(hashOfNumber('10E399'));
    expect(hashOfNumber('9007199254740993')).not.toBe(hashOfNumber('9007199254740992'));
  });

  test('keeps what a column of free text cannot read, but not what says nothing', () => {
    const extraOf = (fields: FeedRecord) => {
      const mapped = mapRecord(permitRecord(1, fields));
      return 'row' in mapped && JSON.parse(mapped.row.split('\t').at(-1) ?? '');
    };
    expect(extraOf({ EST_CONST_COST: ' 97,3000 ', DWELLING_UNITS_LOST: 9.9, OTHER: 'a' })).toEqual({
      EST_CONST_COST: '97,3000',
      DWELLING_UNITS_LOST: 9.9,
      OTHER: 'a',
    });
    expect(extraOf({ EST_CONST_COST: '$', DWELLING_UNITS_LOST: ' ' })).toEqual({});
  });

  test('reads names without a byte order mark and outer blanks; one spelled exactly wins', () => {
    const { STATUS, _id, ...others } = permitRecord(1);
    const hash = hashOf({});
    const hashOfRecord = (record: FeedRecord) => {
      const mapped = mapRecord(record);
      return 'row' in mapped ? hashRow(mapped.row) : mapped.reason;
    };
    expect(hashOfRecord({ '\ufeff_id': 5, ' STATUS ': STATUS, ...others })).toBe(hash);
    expect(hashOfRecord({ STATUS, 'STATUS ': 'x', ...others, '\ufeffSTATUS': 'x' })).toBe(hash);
    expect(hashOfRecord({ ' STATUS': 'x', 'STATUS ': STATUS, ...others })).toBe(hash);
    expect(hashOfRecord({ ...others, ' __proto__ ': { STATUS } })).not.toBe(hash);
  });

  test('drops the columns that it is told to', () => {
    const record = permitRecord(1, { rank: 1, REFRESHED: 'today', OTHER: 'a' });
    const mapped = mapRecord(record, new Set(['_id', 'rank', 'REFRESHED']));
    expect(mapped).toEqual(mapRecord(permitRecord(1, { OTHER: 'a' })));
  });

  test('hashes an unmapped object in any order of its keys alike', () => {
    expect(hashOf({ EXTRA: { b: 1, a: [{ d: 1, c: 2 }] } })).toBe(
      hashOf({ EXTRA: { a: [{ c: 2, d: 1 }], b: 1 } }),
    );
  });

  test.each([
    [null, 'not an object'],
    [['list'], 'not an object'],
    ['text', 'not an object'],
    [permitRecord(1, { PERMIT_NUM: undefined }), 'PERMIT_NUM: undefined is not a key'],
    [permitRecord(1, { ISSUED_DATE: '2026-02-30' }), 'ISSUED_DATE: "2026-02-30" is not a date'],
    [permitRecord(1, { STATUS: { a: 1 } }), 'STATUS: an object is not text'],
  ])('refuses %j, naming the column and the value', (record, reason) => {
    expect(mapRecord(record)).toEqual({ reason });
  });
});

test('readKey reads the parts that are text; others are null', () => {
  expect(readKey({ PERMIT_NUM: 'a', REVISION_NUM: 1 })).toEqual({
    permit_num: 'a',
    revision_num: null,
    permit_type: null,
  });
  expect(readKey('text')).toEqual({ permit_num: null, revision_num: null, permit_type: null });
});

test('the names of a key may have a byte order mark and blanks around them', () => {
  const key = { permit_num: 'a', revision_num: 'b', permit_type: 'c' };
  expect(readKey({ '\ufeffPERMIT_NUM': 'a', ' REVISION_NUM ': 'b', PERMIT_TYPE: 'c' })).toEqual(
    key,
  );
  expect(
    readKey({ PERMIT_NUM: 'a', 'PERMIT_NUM ': 'x', REVISION_NUM: 'b', PERMIT_TYPE: 'c' }),
  ).toEqual(key);
  const text = String.raw`{"\ufeffPERMIT_NUM": "a", " REVISION_NUM ": "b", "PERMIT_TYPE":"c", "X`;
  expect(readKey(scanKey(text))).toEqual(key);
  expect(
    readKey(scanKey(`{"PERMIT_NUM": "a", "\ufeffPERMIT_NUM" : "x", ${text.slice(26)}`)),
  ).toEqual(key);
});
