import { expect, test } from 'vitest';
import { createColumnSampler } from './column-sampler.ts';

/** The columns of a feed that arrives in pieces of the given size. */
function sample(text: string, pieceBytes = 100): readonly string[] {
  const sampler = createColumnSampler();
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    sampler.write(bytes.subarray(from, from + pieceBytes));
  }
  return [...sampler.columns()];
}

test('a column counts if any of the first records has it', () => {
  expect(sample('[{"a": 1}, {"b": null}, {"a": 2, "½": [{"c": 1}]}]', 1)).toEqual(['a', 'b', '½']);
});

test('a record that is not an object has no columns and hides none', () => {
  expect(sample('[1, null, "a", ["b"], {broken}, {"c": 1}]')).toEqual(['c']);
  expect(sample('[1, 2]')).toEqual([]);
  expect(sample('gibberish')).toEqual([]);
  expect(sample('')).toEqual([]);
});

test('records that end after the first 256 KiB are ignored', () => {
  const filler = '{"a": 1}, '.repeat(30_000);
  expect(sample(`[${filler}{"b": 1}]`, 65_536)).toEqual(['a']);
  expect(sample(`[{"a": "${'x'.repeat(300_000)}"}]`)).toEqual([]);
});
