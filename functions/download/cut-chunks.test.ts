import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createChunkCutter } from './cut-chunks.ts';

const cut = (text: string, chunkRecords: number) => {
  const cutter = createChunkCutter(chunkRecords);
  for (const byte of Buffer.from(text)) cutter.write(Uint8Array.of(byte));
  return cutter.end();
};

test('every chunk but the last has the number of records asked for, and its bytes hold just them', () => {
  const records = fc.array(fc.dictionary(fc.constantFrom('a', '…'), fc.string(), { maxKeys: 2 }));
  const indent = fc.constantFrom(0, 2);
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 4 }), indent, (feed, chunkRecords, space) => {
      const bytes = Buffer.from(JSON.stringify(feed, null, space));
      const result = cut(bytes.toString(), chunkRecords);
      const read = result.chunks.map(({ start, end }) =>
        JSON.parse(`[${bytes.subarray(start, end)}]`),
      );
      expect(read.flat()).toEqual(feed);
      expect(read.map(({ length }) => length)).toEqual(result.chunks.map((chunk) => chunk.records));
      expect(result.chunks.slice(0, -1).every((chunk) => chunk.records === chunkRecords)).toBe(
        true,
      );
      expect(result).toMatchObject({ bytes: bytes.length, records: feed.length });
      expect(result.chunks).toHaveLength(Math.ceil(feed.length / chunkRecords));
    }),
  );
});

test('a feed that ends early has no chunks at all', () => {
  expect(() => cut('[{}, {}, {}', 1)).toThrow(expect.objectContaining({ code: 'feed_truncated' }));
});
