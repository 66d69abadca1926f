import { expect, test } from 'vitest';
import { formatRecord } from './format-record.ts';

test('separators have a space, areas are floats and _id is not', () => {
  expect(formatRecord({ _id: 7, STATUS: null, RESIDENTIAL: 0, DEMOLITION: -3, A: 92.9 })).toBe(
    '{"_id": 7, "STATUS": null, "RESIDENTIAL": 0.0, "DEMOLITION": -3.0, "A": 92.9}',
  );
});

test('whatever is not printable ASCII is escaped', () => {
  expect(formatRecord({ TEXT: 'a "b" \\ \n\t\u0000 é \u007f 🏗' })).toBe(
    String.raw`{"TEXT": "a \"b\" \\ \n\t\u0000 \u00e9 \u007f \ud83c\udfd7"}`,
  );
});

test('an object stays one', () => {
  expect(formatRecord({ TEXT: { a: [1] } })).toBe('{"TEXT": {"a":[1]}}');
});

test('no columns are an empty object', () => {
  expect(formatRecord({})).toBe('{}');
});
