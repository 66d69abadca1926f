import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanValue } from './clean-value.ts';
import type { ColumnKind } from './columns.ts';

const cases: readonly (readonly [ColumnKind, unknown, string | null])[] = [
  ['key', '16 134540 HVA', '16 134540 HVA'],
  ['key', '16 134540    ', '16 134540    '],
  ['key', '00', '00'],
  ['text', 'Under Review ', 'Under Review'],
  ['text', '  IBMS SCARBOROUGH', 'IBMS SCARBOROUGH'],
  ['text', 'two\nlines', 'two\nlines'],
  ['text', '   ', null],
  ['text', '', null],
  ['text', null, null],
  ['text', undefined, null],
  ['text', 12, '12'],
  ['text', false, 'false'],
  ['date', '2024-01-15', '2024-01-15'],
  ['date', '2024/01/15', '2024-01-15'],
  ['date', '20240115093000', '2024-01-15'],
  ['date', '2024-01-15T00:00:00', '2024-01-15'],
  ['date', '2024-01-15T00:00:00.000Z', '2024-01-15'],
  ['date', ' 2024-02-29 ', '2024-02-29'],
  // The date counts as it is written, whatever the time and zone.
  ['date', '2024-01-15T02:00:00Z', '2024-01-15'],
  ['date', '2024-01-15T23:00:00-05:00', '2024-01-15'],
  ['date', '2024-01-15 23:59+0930', '2024-01-15'],
  ['date', ' ', null],
  ['numeric', 212.5, '212.5'],
  ['numeric', 0, '0'],
  ['numeric', -0, '0'],
  ['numeric', -3.5, '-3.5'],
  ['numeric', '.9', '0.9'],
  ['numeric', '50.00', '50'],
  ['numeric', null, null],
  ['numeric', 1e21, '1000000000000000000000'],
  ['numeric', JSON.rawJSON('12345678901234.567891'), '12345678901234.567891'],
  ['numeric', JSON.rawJSON('1.50E-7'), '0.00000015'],
  ['numeric', JSON.rawJSON('0e999999999'), '0'],
  ['text', JSON.rawJSON('9007199254740993'), '9007199254740993'],
  ['cost', JSON.rawJSON('1e3'), '1000'],
  ['cost', JSON.rawJSON('1e999999999'), null],
  ['cost', '450,000', '450000'],
  ['cost', '1,000.', '1000'],
  ['cost', ' 9999 ', '9999'],
  ['cost', '2,000,000.00', '2000000'],
  ['cost', '.24254', '0.24254'],
  ['cost', '0', '0'],
  ['cost', '-0.00', '0'],
  ['cost', '007', '7'],
  ['cost', '$1,250', '1250'],
  ['cost', '$', null],
  ['cost', '1,00', null],
  ['cost', '.', null],
  ['cost', '*** NOT USED ***', null],
  ['cost', 'DO NOT UPDATE OR DELETE THIS INFO FIELD', null],
  ['integer', '00', '0'],
  ['integer', ' 9', '9'],
  ['integer', '-9', '-9'],
  ['integer', '2.0', '2'],
  ['integer', '9.9', null],
  ['integer', 'none', null],
  ['integer', '99999999999', null],
  ['integer', 4, '4'],
];

const unusable: readonly (readonly [ColumnKind, unknown])[] = [
  ['key', null],
  ['key', undefined],
  ['key', ' '],
  ['key', 12],
  ['text', { nested: 'text' }],
  ['text', ['text']],
  ['text', '\ud800'],
  ['key', 'half \udc00'],
  ['date', '2026-02-30'],
  ['date', '2025-02-29'],
  ['date', '2026-13-01'],
  ['date', '2026-00-10'],
  ['date', 'tomorrow'],
  ['date', 20_240_115],
  ['date', '2024-01-15T:::99'],
  ['date', '2024-01-15T24:00:00'],
  ['date', '2024-01-15T12:60:00'],
  ['date', '2024-01-15T12:00:60'],
  ['date', '2024-01-15T12:00:00.'],
  ['date', '2024-01-15T12'],
  ['date', '2024-01-15T'],
  ['date', '2024-01-15T12:00:00-24:00'],
  ['date', '20240115999999'],
  ['date', '20240115240000'],
  ['numeric', 'abc'],
  ['numeric', Number.POSITIVE_INFINITY],
  ['numeric', { area: 1 }],
  ['text', Number.NEGATIVE_INFINITY],
  ['numeric', JSON.rawJSON('1e999999999')],
  ['numeric', JSON.rawJSON('-1e-999999999')],
  ['text', JSON.rawJSON('1e9999999999999999999')],
];

describe('cleanValue', () => {
  test.each(cases)('stores a %s %j as %j', (kind, value, stored) => {
    expect(cleanValue(kind, value)).toBe(stored);
  });

  test.each(unusable)('refuses a %s %j and names the value', (kind, value) => {
    expect(() => cleanValue(kind, value)).toThrow(
      / is not (a key|text|a date|a number|valid Unicode)$/,
    );
  });

  test('refuses a value nested too deeply for recursion', () => {
    const nested: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    let message = '';
    try {
      cleanValue('text', nested);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe('a list is not text');
  });

  test('spells every number in one way: cleaning a stored number leaves it unchanged', () => {
    const spelling = fc.tuple(
      fc.constantFrom('', '-', '+', ' '),
      fc.integer({ min: 0, max: 99_999_999 }),
      fc.constantFrom('', '.', '.0', '.50', '.125'),
    );
    fc.assert(
      fc.property(spelling, ([sign, whole, fraction]) => {
        const stored = cleanValue('cost', `${sign}${whole.toLocaleString('en')}${fraction}`);
        expect(cleanValue('cost', stored)).toBe(stored);
        expect(Number(stored)).toBe(Number(`${sign}${whole}${fraction}`) + 0);
      }),
    );
  });
});
