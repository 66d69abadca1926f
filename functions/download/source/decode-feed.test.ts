import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transient } from '../../shared/errors.ts';
import { toParts } from '../testing/to-parts.ts';
import { decodeFeed } from './decode-feed.ts';

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

async function decode(bytes: Buffer, cuts: readonly number[] = []): Promise<string> {
  return (await buffer(await decodeFeed(toParts(bytes, cuts)))).toString();
}

describe('decodeFeed', () => {
  test('gives the same text plain, gzipped, with a byte order mark, and cut anywhere', async () => {
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.boolean(),
        fc.boolean(),
        cuts,
        async (text, marked, zipped, places) => {
          // A text that itself starts with a mark or as gzip is another document.
          fc.pre(!text.startsWith('\uFEFF') && !text.startsWith('\u001f'));
          const plain = Buffer.concat([marked ? MARK : Buffer.alloc(0), Buffer.from(text)]);
          expect(await decode(zipped ? gzipSync(plain) : plain, places)).toBe(text);
        },
      ),
    );
  });

  test.each([
    ['', ''],
    ['\u001f', '\u001f'],
    ['[', '['],
  ])('passes a body of %j, which is too short for a mark, unchanged', async (text, expected) => {
    expect(await decode(Buffer.from(text))).toBe(expected);
  });

  test('calls gzip truncated wherever it is cut', async () => {
    const body = gzipSync('[{"a": "some text that takes a few bytes"}]');
    for (let length = 2; length < body.length; length += 1) {
      await expect(decode(body.subarray(0, length))).rejects.toMatchObject({
        code: 'feed_truncated',
        outcome: 'transient',
      });
    }
  });

  test.each([
    ['its data', (body: Buffer) => body.fill(0xff, 12, 40)],
    ['its checksum', (body: Buffer) => body.fill(0, body.length - 8, body.length - 4)],
    ['its header', (body: Buffer) => body.fill(0x99, 2, 3)],
  ])('calls gzip with a wrong %s malformed', async (_, spoil) => {
    const body = spoil(gzipSync(Array.from({ length: 500 }, (_, index) => index).join(' ')));
    await expect(decode(body)).rejects.toMatchObject({
      code: 'feed_malformed',
      outcome: 'permanent',
    });
  });

  test.each([
    ['a SyncError', transient('feed_unavailable', 'it broke off')],
    [
      "a Google client's error, whose code is a number",
      Object.assign(new Error('no'), { code: 503 }),
    ],
  ])('passes on an error of the source inside gzip: %s', async (_, thrown) => {
    const source = (async function* () {
      yield gzipSync('[]').subarray(0, 12);
      throw thrown;
    })();
    await expect(decodeFeed(source).then(buffer)).rejects.toBe(thrown);
  });

  test('closes its source if its reader stops early', async () => {
    let released = false;
    const source = (async function* () {
      try {
        for (;;) yield Buffer.from('[{"a": 1},');
      } finally {
        released = true;
      }
    })();
    for await (const _ of await decodeFeed(source)) break;
    expect(released).toBe(true);
  });
});
