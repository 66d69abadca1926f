import { expect, test } from 'vitest';
import { formatRecord } from './format-record.ts';

test('separators have a space, areas are floats, _id is a whole number', () => {
  expect(formatRecord({ _id: 7, STATUS: null, RESIDENTIAL: 0, DEMOLITION: -3, A: 92.9 })).toBe(
    '{"_id": 7, "STATUS": null, "RESIDENTIAL": 0.0, "DEMOLITION": -3.0, "A": 92.9}',
  );
});

test('everything but printable ASCII is escaped', () => {
  expect(formatRecord({ TEXT: 'a "b" \\ \n\t\u0000 é \u007f 🏗' })).toBe(
    String.raw`{"TEXT": "a \"b\" \\ \n\t\u0000 \u00e9 \u007f \ud83c\udfd7"}`,
  );
});

test('an object stays an object', () => {
  expect(formatRecord({ TEXT: { a: [1] } })).toBe('{"TEXT": {"a":[1]}}');
});

test('a record without columns is an empty object', () => {
  expect(formatRecord({})).toBe('{}');
});
