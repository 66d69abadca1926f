import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPackedRecords } from '../testing/read-packed-records.ts';
import { type Cut, createChunkCutter } from './cut-chunks.ts';
import { MAX_RECORD_BYTES } from './split-records.ts';

/** The chunks of a feed that arrives in the given pieces, each with its bytes. */
function cut(pieces: readonly Buffer[], chunkRecords: number) {
  const cutter = createChunkCutter(chunkRecords);
  const chunks: (Cut & { readonly bytes: Buffer })[] = [];
  let held = Buffer.alloc(0);
  for (const piece of pieces) {
    let from = 0;
    for (const chunk of cutter.write(piece)) {
      chunks.push({ ...chunk, bytes: Buffer.concat([held, piece.subarray(from, chunk.end)]) });
      held = Buffer.alloc(0);
      from = chunk.end;
    }
    held = Buffer.concat([held, piece.subarray(from)]);
  }
  const last = cutter.end();
  return last ? [...chunks, { ...last, bytes: held }] : chunks;
}

test('every chunk but the last has the given number of records, located in its bytes', () => {
  const records = fc.array(fc.dictionary(fc.constantFrom('a', '…'), fc.string(), { maxKeys: 2 }));
  const indent = fc.constantFrom(0, 2);
  const counts = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(records, counts, indent, counts, (feed, chunkRecords, space, pieceBytes) => {
      const text = Buffer.from(JSON.stringify(feed, null, space));
      const pieces = Array.from({ length: Math.ceil(text.length / pieceBytes) }, (_, index) =>
        text.subarray(index * pieceBytes, (index + 1) * pieceBytes),
      );
      const chunks = cut(pieces, chunkRecords);
      const read = chunks.map(({ bytes, ...places }) =>
        readPackedRecords(bytes, places).map((record) => JSON.parse(record)),
      );
      expect(read.flat()).toEqual(feed);
      expect(read).toHaveLength(Math.ceil(feed.length / chunkRecords));
      expect(read.slice(0, -1).every(({ length }) => length === chunkRecords)).toBe(true);
      const whole = Buffer.concat(chunks.map(({ bytes }) => bytes)).toString();
      expect(text.toString().startsWith(whole)).toBe(true);
    }),
  );
});

test('a feed that ends early has no last chunk', () => {
  expect(() => cut([Buffer.from('[{}, {}, {}')], 2)).toThrow(
    expect.objectContaining({ code: 'feed_truncated' }),
  );
});

/** Cuts records of the given sizes; gives the number of records in each chunk. */
function countRecords(sizes: readonly number[], separator = ',') {
  const texts = sizes.map((size) => `"${'x'.repeat(size - 2)}"`);
  return cut([Buffer.from(`[${texts.join(separator)}]`)], 100).map(({ records }) => records);
}

test('a record of more than 1 MiB ends its chunk; one of exactly 1 MiB does not', () => {
  const large = MAX_RECORD_BYTES + 1;
  expect(countRecords([10, 10, large, 10, large, large, 10])).toEqual([3, 2, 1, 1]);
  expect(countRecords([10, MAX_RECORD_BYTES - 1, 10])).toEqual([3]);
});

test('ingest-chunk reads at most 32 MiB of a chunk, whatever is between its records', () => {
  expect(countRecords(Array(40).fill(MAX_RECORD_BYTES - 1))).toEqual([32, 8]);
  expect(countRecords([10, 10, 10], `,${' '.repeat(2 * MAX_RECORD_BYTES)}`)).toEqual([2, 1]);
});
