import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactly, spellDecimal, spellNumber } from './exact-number.ts';

describe('parseExactly', () => {
  test.each([
    ['9007199254740993', '9007199254740993'],
    ['-12345678901234.567891', '-12345678901234.567891'],
    ['[1.10, 1.1e0, -0, 1e3, 0e5]', '[1.1,1.1,0,1000,0]'],
    ['[1e400, 1E-400, 25e398]', '[1e+400,1e-400,2.5e+399]'],
    ['{"a": 1.25, "b": {"a": 1e21, "__proto__": 0.00000010}}', null],
    ['{"a": 1, "a": 9007199254740993}', '{"a":9007199254740993}'],
    ['1e999999999', '1e999999999'],
  ])('of %s is written as %s', (text, written) => {
    expect(JSON.stringify(parseExactly(text))).toBe(written ?? JSON.stringify(JSON.parse(text)));
  });

  test('of a number that JavaScript keeps is what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseExactly(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

/** Two spellings of one number: with zeros at its end, and without. */
const spellings = fc
  .record({
    digits: fc.stringMatching(/^[1-9]\d{0,30}$/),
    zeros: fc.nat(5),
    moved: fc.integer({ min: -40, max: 40 }),
  })
  .map(({ digits, zeros, moved }) => ({
    plain: digits,
    other: `${digits}${'0'.repeat(zeros)}e${moved - zeros}`,
    moved,
  }));

describe('a spelling', () => {
  test('of a double is the one of JavaScript', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(spellNumber(String(value))).toBe(String(value));
        expect(spellNumber(value.toExponential())).toBe(String(value));
        expect(Number(spellDecimal(String(value)))).toBe(value + 0);
      }),
    );
  });

  test('is the same for all texts of a number, and keeps its digits', () => {
    fc.assert(
      fc.property(spellings, ({ plain, other, moved }) => {
        for (const spell of [spellNumber, spellDecimal]) {
          const spelled = spell(other);
          expect(spell(`${plain}e${moved}`)).toBe(spelled);
          expect(spell(spelled ?? '')).toBe(spelled);
          expect(spelled?.replace(/e.*/, '').replace(/\D/g, '')).toContain(
            plain.replace(/0+$/, ''),
          );
        }
        expect(spellDecimal(other)).toMatch(/^\d+(\.\d+)?$/);
      }),
    );
  });

  test.each(['', '.', '-', 'e5', '1e', '1.2.3', 'Infinity', 'NaN', '0x10', ' 1'])(
    'does not exist of %j',
    (text) => {
      expect([spellNumber(text), spellDecimal(text)]).toEqual([undefined, undefined]);
    },
  );

  test('is not longer than 1,000 zeros and the digits', () => {
    expect(spellDecimal('12e1000')).toBe(`12${'0'.repeat(1_000)}`);
    expect(spellDecimal('12e-1002')).toBe(`0.${'0'.repeat(1_000)}12`);
    for (const text of ['12e1001', '12e-1003', '1e999999999', '-1e-999999999', '1e99999999999']) {
      expect([spellNumber(text), spellDecimal(text)]).toEqual([undefined, undefined]);
    }
  });
});
