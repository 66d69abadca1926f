import { describe, expect, test } from 'vitest';
import { type FeedRecord, permitRecord } from '../testing/permit-record.ts';
import { hashRow, mapRecord } from './map-record.ts';
import { readKey } from './read-key.ts';

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
