import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { permitRecord } from '../testing/permit-record.ts';
import { mapRecord } from './map-record.ts';
import { MAPPING_VERSION, mappingVersionByte } from './mapping-version.ts';

const TO_DO =
  'The mapping gives other rows, or has another version. Raise MAPPING_VERSION in ' +
  'functions/shared/mapping/mapping-version.ts by one for this change, then copy the received ' +
  '`version` and `rows` into mapping-version.test.ts';

test('a mapping that gives another row needs another version, so stored records are mapped again', () => {
  const records = [
    permitRecord(1),
    permitRecord(2, { STATUS: ' Open ', ISSUED_DATE: '2026/02/03', EST_CONST_COST: '1,000.50' }),
    permitRecord(3, { DWELLING_UNITS_CREATED: '9.9', ASSEMBLY: -0.5, NEW: { b: 1, a: ['x'] } }),
    permitRecord(4, { EST_CONST_COST: '97,3000', GEO_ID: 1.5e300, NEW: 1e-7 }),
  ];
  const rows = records.map((record) => {
    const mapped = mapRecord(record);
    return 'row' in mapped ? mapped.row : mapped.reason;
  });
  expect({ version: MAPPING_VERSION, rows: hash('sha256', rows.join('\n')) }, TO_DO).toEqual({
    version: 2,
    rows: '0e5ea5f9ef24dac6de22add10641b36e168e06a22e6984c596fddd55fa50e851',
  });
});

test('the byte of a fingerprint is the version, or follows from it and the ignored columns', () => {
  expect(mappingVersionByte(new Set())).toBe(MAPPING_VERSION);
  expect(mappingVersionByte(new Set(['A', 'B']))).toBe(mappingVersionByte(new Set(['B', 'A'])));
  const names = ['A', 'B', 'LAST_REFRESHED', 'é'];
  const bytes = names.map((name) => mappingVersionByte(new Set([name])));
  expect(new Set(bytes).size).toBe(names.length);
  expect(bytes.filter((byte) => byte < 128 || byte > 255)).toEqual([]);
});
