import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_RECORD_BYTES } from '../shared/record-splitter.ts';
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

/** Of records with the given numbers of bytes, and what stands between them. */
const cutRecords = (sizes: readonly number[], separator = ',') => {
  const cutter = createChunkCutter(100);
  cutter.write(Buffer.from('['));
  for (const [index, size] of sizes.entries()) {
    if (index > 0) cutter.write(Buffer.from(separator));
    cutter.write(Buffer.from(`"${'x'.repeat(size - 2)}"`));
  }
  cutter.write(Buffer.from(']'));
  return cutter.end().chunks;
};

test('a record of more than 1 MiB has a chunk of its own, one of just as much has not', () => {
  const large = MAX_RECORD_BYTES + 1;
  expect(cutRecords([10, 10, large, 10, large, large, 10])).toEqual([
    { start: 1, end: 22, records: 2 },
    { start: 23, end: 23 + large, records: 1 },
    { start: 24 + large, end: 34 + large, records: 1 },
    { start: 35 + large, end: 35 + 2 * large, records: 1 },
    { start: 36 + 2 * large, end: 36 + 3 * large, records: 1 },
    { start: 37 + 3 * large, end: 47 + 3 * large, records: 1 },
  ]);
  expect(cutRecords([10, MAX_RECORD_BYTES, 10])).toHaveLength(1);
});

test('a chunk has at most 32 MiB, however large its records are and what stands between them', () => {
  const chunks = cutRecords(Array(40).fill(MAX_RECORD_BYTES));
  expect(chunks.map(({ records }) => records)).toEqual([31, 9]);
  const apart = cutRecords([10, 10, 10], `,${' '.repeat(20 * MAX_RECORD_BYTES)}`);
  expect(apart.map(({ records }) => records)).toEqual([2, 1]);
});
