import { Readable } from 'node:stream';
import { createGunzip } from '../shared/create-gunzip.ts';
import { permanent, transient } from '../shared/errors.ts';

type Bytes = AsyncIterable<Buffer>;

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads on until `count` bytes are at hand or the body ends.
 * @returns those first bytes (or more), and the whole body, them included.
 */
const peek = async (body: Bytes, count: number): Promise<{ first: Buffer; all: Bytes }> => {
  const iterator = body[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (first.length < count) {
    const { done, value } = await iterator.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  const all = async function* () {
    try {
      yield first;
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { first, all: all() };
};

const gunzip = async function* (body: Bytes): Bytes {
  const gunzipped = createGunzip();
  const source = Readable.from(body).on('error', (error) => gunzipped.destroy(error));
  try {
    yield* source.pipe(gunzipped) as Bytes;
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (code === 'Z_BUF_ERROR') {
      throw transient('feed_truncated', 'The compressed feed ends before its end', { cause });
    }
    if (code.startsWith('Z_')) {
      throw permanent('feed_malformed', `The feed is not valid gzip: ${code}`, { cause });
    }
    throw cause;
  } finally {
    source.destroy();
  }
};

/**
 * The plain JSON text of a body: gunzipped when it is gzip (told by its first bytes, since a `.gz`
 * may come under any name or header), and without a byte order mark.
 */
export const decodeFeed = async function* (body: Bytes): Bytes {
  const { first, all } = await peek(body, GZIP_MAGIC.length);
  const isGzip = first.subarray(0, 2).equals(GZIP_MAGIC);
  const text = await peek(isGzip ? gunzip(all) : all, BYTE_ORDER_MARK.length);
  let skip = text.first.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  for await (const bytes of text.all) {
    if (bytes.length > skip) yield skip === 0 ? bytes : bytes.subarray(skip);
    skip = 0;
  }
};
