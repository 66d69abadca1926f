import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areEqual, compareOrder } from './compare-values.ts';
import { measureValue } from './measure-value.ts';
import { parseJson } from './parse-json.ts';
import { mapOf, type Value } from './value.ts';
import { writeJson } from './write-json.ts';

const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((double) => (double === 0 ? 0 : double)),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value')),
    fc.array(fc.tuple(fc.string(), tie('value'))).map(mapOf),
  ),
})).value;

test('values survive a round trip through JSON with their types', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const text = writeJson(value);
      const read = parseJson(text);
      expect(areEqual(read, value)).toBe(true);
      // Equal numbers may differ in type; their text does not.
      expect(readKeysInOrder(text)).toBe(readKeysInOrder(writeJson(read)));
      expect(() => JSON.parse(writeJson(value, { prefix: '', indent: '  ' }))).not.toThrow();
    }),
  );
});

// A JavaScript object moves numeric keys to the front, so their order may change.
function readKeysInOrder(text: string): string {
  return [...text].toSorted().join('');
}

describe('the documented formula measures', () => {
  const rows: readonly (readonly [name: string, value: Value, bytes: number])[] = [
    ['null', null, 8],
    ['a boolean', true, 8],
    ['an integer', 1n, 8],
    ['a double', 1.5, 8],
    ['28 characters', 'x'.repeat(28), 36],
    ['a character of two bytes', 'é', 10],
    ['three bytes', new Uint8Array(3), 11],
    ['an empty list', [], 8],
    ['a list of an integer and two characters', [1n, 'ab'], 26],
    ['a map of two characters to an integer', mapOf([['ab', 1n]]), 26],
  ];
  test.each(rows)('%s', (_name, value, bytes) => {
    expect(measureValue(value)).toBe(bytes);
  });
});

test('integers beyond 64 bits become doubles; those beyond 2^53 stay exact', () => {
  expect(parseJson('9007199254740993')).toBe(9007199254740993n);
  expect(parseJson('9223372036854775808')).toBe(2 ** 63);
  expect(parseJson('1e2')).toBe(100);
});

test('equality is deep, and integers that round to the same double differ', () => {
  expect(areEqual([mapOf([['a', 1n]])], [mapOf([['a', 1]])])).toBe(true);
  expect(areEqual(mapOf([['a', 1n]]), mapOf([['b', 1n]]))).toBe(false);
  expect(areEqual(9007199254740993n, 9007199254740992n)).toBe(false);
});

test('strings are ordered by code points', () => {
  expect(compareOrder('\uffff', '😀')).toBeLessThan(0);
  expect(compareOrder('a', 1n)).toBeUndefined();
});
