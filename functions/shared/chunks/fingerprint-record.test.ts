import { expect, test } from 'vitest';
import { MAPPING_VERSION } from '../mapping/mapping-version.ts';
import { FINGERPRINT_BYTES, fingerprintRecord } from './fingerprint-record.ts';

function fingerprintOf(text: string, version?: number): string {
  const target = Buffer.alloc(FINGERPRINT_BYTES);
  fingerprintRecord(Buffer.from(text), target, 0, version);
  return target.toString('hex');
}

test('a record has the same fingerprint with any _id, because the City renumbers them on every load', () => {
  expect(fingerprintOf('{"_id": 1, "A": "x"}')).toBe(fingerprintOf('{"_id": 237000, "A": "x"}'));
  expect(fingerprintOf('{"_id":1,"A":"x"}')).toBe(fingerprintOf('{"_id":237000,"A":"x"}'));
});

test.each([
  ['{"_id": 1, "A": "x"}', '{"_id": 1, "A": "y"}'],
  ['{"_id": 1, "A": "x"}', '{"_id": 1, "A": "x" }'],
  ['{"A": "x"}', '{"B": "x"}'],
  ['{"_id": "1", "A": "x"}', '{"_id": "2", "A": "x"}'],
  ['{"_id": 1}', '{"_id": 2}'],
  ['{"A": 1, "_id": 1}', '{"A": 1, "_id": 2}'],
  ['7', '8'],
  ['', '{'],
])('%s and %s have different fingerprints', (a, b) => {
  expect(fingerprintOf(a)).not.toBe(fingerprintOf(b));
});

test('a fingerprint is a uuid without its dashes', () => {
  expect(fingerprintOf('{}')).toMatch(/^[0-9a-f]{32}$/);
});

test('a fingerprint starts with the version of the mapping', () => {
  expect(Number.parseInt(fingerprintOf('').slice(0, 2), 16)).toBe(MAPPING_VERSION);
  expect(fingerprintOf('{}', 200)).toBe(`c8${fingerprintOf('{}').slice(2)}`);
});
