import { hash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPackedRecords } from '../testing/read-packed-records.ts';
import { readFingerprints } from './binary-array.ts';
import { type PackedChunk, type PackedFeed, packChunks } from './pack-chunks.ts';
import { MAX_RECORD_BYTES } from './split-records.ts';

const PIECE_BYTES = 65_536;

async function pack(text: string, chunkRecords: number, failAfter?: number) {
  const chunks: PackedChunk[] = [];
  let feed: PackedFeed | undefined;
  const bytes = Buffer.from(text).subarray(0, failAfter);
  const source = async function* () {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      yield bytes.subarray(from, from + PIECE_BYTES);
    }
    if (failAfter !== undefined) throw new Error('the connection broke');
  };
  const seen: Buffer[] = [];
  const records: (string | undefined)[] = [];
  const packed = packChunks(source(), chunkRecords, {
    mappingVersion: 200,
    onText: (piece) => seen.push(piece),
    onRecord: (record) => records.push(record?.toString()),
    async onChunk(chunk) {
      chunks.push(chunk);
    },
    onEnd(end) {
      feed = end;
    },
  });
  const object = await buffer(packed);
  expect(Buffer.concat(seen).equals(bytes)).toBe(true);
  return { chunks, feed, object, records };
}

/** The records of each chunk, by their byte ranges. */
function readBack(object: Buffer, chunks: readonly PackedChunk[]) {
  return chunks.map(({ byteStart, byteEnd, ...places }) =>
    readPackedRecords(gunzipSync(object.subarray(byteStart, byteEnd)), places),
  );
}

test('each chunk can be gunzipped by itself, and all of them together are the feed', async () => {
  const records = Array.from({ length: 5_000 }, (_, index) => `{"PERMIT_NUM": "½ ${index}"}`);
  const text = `[\n  ${records.join(',\n  ')}\n]\n`;
  const { chunks, feed, object, records: seen } = await pack(text, 1_000);
  expect(seen).toEqual(records);
  expect(gunzipSync(object).equals(Buffer.from(text))).toBe(true);
  expect(readBack(object, chunks)).toEqual(
    [0, 1, 2, 3, 4].map((index) => records.slice(index * 1_000, (index + 1) * 1_000)),
  );
  expect(feed).toEqual({ bytes: Buffer.byteLength(text), failure: undefined });
  const [first = ''] = records;
  const fingerprints = chunks.flatMap((chunk) => [...readFingerprints(chunk.fingerprints)]);
  expect(fingerprints[0]).toBe(`c8${hash('sha256', first).slice(0, 30)}`);
  expect(new Set(fingerprints).size).toBe(5_000);
});

test('a record that is too large has no fingerprint, nor do those before one that is far too large', async () => {
  const [small, large] = ['"small"', `"${'x'.repeat(2 * MAX_RECORD_BYTES)}"`];
  const huge = `"${'x'.repeat(40 * MAX_RECORD_BYTES)}"`;
  const text = `[${[small, large, small, huge, small].join(',')}]`;
  const { chunks, object, records } = await pack(text, 100);
  expect(records).toEqual([small, undefined, undefined, small]);
  const has = chunks.map((chunk) =>
    [...readFingerprints(chunk.fingerprints)].map((value) => value !== null),
  );
  expect(has).toEqual([[true, false], [false, false], [true]]);
  expect(readBack(object, chunks).flat().join()).toBe([small, large, small, huge, small].join());
});

test.each([
  ['breaks off', '[{}, {}, {}, {}]', 5, 'the connection broke'],
  ['is no array', '<html>', undefined, 'The feed is not one JSON array'],
  ['is empty', '', undefined, 'The feed ends at byte 0'],
])('a feed that %s is packed as far as it arrived', async (_, text, failAfter, message) => {
  const { feed, object } = await pack(text, 2, failAfter);
  expect(gunzipSync(object).toString()).toBe(text.slice(0, failAfter));
  expect(feed?.failure).toMatchObject({ message: expect.stringContaining(message) });
});

test('an error of onChunk ends the packing', async () => {
  const source = async function* () {
    yield Buffer.from('[{}, {}]');
  };
  const packed = packChunks(source(), 1, {
    onText() {},
    onRecord() {},
    onChunk: () => Promise.reject(new Error('the database is away')),
    onEnd() {},
  });
  await expect(buffer(packed)).rejects.toThrow('the database is away');
});

test('closes its text if its reader stops early', async () => {
  let released = false;
  const source = async function* () {
    try {
      for (;;) yield Buffer.from('[{}, {}, {}');
    } finally {
      released = true;
    }
  };
  const listener = { onText() {}, onRecord() {}, onChunk: () => Promise.resolve(), onEnd() {} };
  for await (const _ of packChunks(source(), 1, listener)) break;
  expect(released).toBe(true);
});
