import { expect, test } from 'vitest';
import { classifyValue } from './classify-value.ts';
import type { ColumnKind } from './columns.ts';

const cases: readonly (readonly [ColumnKind, unknown, string])[] = [
  ['cost', null, 'empty'],
  ['cost', '  ', 'empty'],
  ['date', undefined, 'empty'],
  ['cost', 'DO NOT UPDATE OR DELETE THIS INFO FIELD', 'filler'],
  ['cost', ' do not update or delete this info field ', 'filler'],
  ['integer', '*** NOT USED ***', 'filler'],
  ['cost', '$', 'filler'],
  ['cost', '450,000', 'readable'],
  ['cost', '$1', 'readable'],
  ['integer', ' 9', 'readable'],
  ['numeric', 1.5, 'readable'],
  ['date', '2026/02/10', 'readable'],
  ['text', '$', 'readable'],
  ['key', 'a', 'readable'],
  ['cost', '97,3000', 'unreadable'],
  ['cost', 'none', 'unreadable'],
  ['cost', ['a list'], 'unreadable'],
  ['integer', '9.9', 'unreadable'],
  ['integer', 3_000_000_000, 'unreadable'],
  ['numeric', '$', 'unreadable'],
  ['numeric', 'much', 'unreadable'],
  ['date', '2024-01-15T:::99', 'unreadable'],
  ['date', '*** NOT USED ***', 'unreadable'],
  ['text', {}, 'unreadable'],
];

test.each(cases)('a %s %j is %s', (kind, value, expected) => {
  expect(classifyValue(kind, value)).toBe(expected);
});
