import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRecordSplitter } from './split-records.ts';

/** Splits `text`, written in pieces that end at the given offsets. */
function split(text: string, cuts: readonly number[] = []): string[] {
  const bytes = Buffer.from(text);
  const records: string[] = [];
  const splitter = createRecordSplitter((start, end) =>
    records.push(bytes.subarray(start, end).toString()),
  );
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])];
  places.sort((a, b) => a - b);
  for (const [index, place] of places.entries()) {
    splitter.write(bytes.subarray(place, places[index + 1]));
  }
  splitter.end();
  return records;
}

/** Text full of everything that could mislead a scanner of bytes. */
const trickyText = fc
  .array(fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', ' ', 'é', '😀', '\n', 'a'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

const value = fc.oneof(
  trickyText,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.dictionary(trickyText, fc.array(trickyText, { maxLength: 3 }), { maxKeys: 3 }),
);
const record = fc.dictionary(trickyText, value, { maxKeys: 5 });
const cuts = fc.array(fc.nat(), { maxLength: 30 });
const indent = fc.constantFrom(0, 1, 2, '\t', '\r\n');

describe('createRecordSplitter', () => {
  test('finds the elements that JSON.parse sees, in buffers of any sizes', () => {
    fc.assert(
      fc.property(fc.array(record), cuts, indent, (records, places, space) => {
        const parts = split(JSON.stringify(records, null, space), places);
        expect(parts.map((part) => JSON.parse(part))).toEqual(JSON.parse(JSON.stringify(records)));
      }),
      { numRuns: 500 },
    );
  });

  test('finds elements that are not objects', () => {
    fc.assert(
      fc.property(fc.array(value), cuts, indent, (values, places, space) => {
        const parts = split(JSON.stringify(values, null, space), places);
        expect(parts.map((part) => JSON.parse(part))).toEqual(JSON.parse(JSON.stringify(values)));
      }),
      { numRuns: 500 },
    );
  });

  test('finds the same records wherever the text is cut', () => {
    const text = String.raw` [ {"a": "\\", "b": "\"}"}, {"c": [{}, "]"]}, 12 , "x\\\"" , null ] `;
    const expected = JSON.parse(text);
    for (let place = 0; place <= text.length; place += 1) {
      expect(split(text, [place]).map((part) => JSON.parse(part))).toEqual(expected);
    }
  });

  test.each([
    ['', 'ends at byte 0'],
    ['[', 'ends at byte 1'],
    ['[{"a": 1}', 'ends at byte 9'],
    ['[{"a": 1},', 'ends at byte 10'],
    ['[{"a": "1', 'ends at byte 9'],
    [String.raw`[{"a": "1\"}]`, 'ends at byte 13'],
  ])('calls %j truncated (transient)', (text, place) => {
    expect(() => split(text)).toThrow(
      expect.objectContaining({
        code: 'feed_truncated',
        outcome: 'transient',
        message: expect.stringContaining(place),
      }),
    );
  });

  test.each([
    ['<html>', 'byte 0 is "<"'],
    ['[{}]]', 'byte 4 is "]"'],
    ['[{}] [{}]', 'byte 5 is "["'],
    ['[{}] garbage', 'byte 5 is "g"'],
    ['[{},]', 'byte 4 is "]"'],
    ['[,{}]', 'byte 1 is ","'],
    ['[{},,{}]', 'byte 4 is ","'],
    ['[{} {}]', 'byte 4 is "{"'],
    ['[{}}', 'byte 3 is "}"'],
  ])('calls %j malformed and names the byte', (text, place) => {
    expect(() => split(text)).toThrow(
      expect.objectContaining({
        code: 'feed_malformed',
        outcome: 'permanent',
        message: expect.stringContaining(place),
      }),
    );
  });
});
