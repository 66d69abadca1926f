import { Readable } from 'node:stream';
import { createGunzip } from '../../shared/chunks/create-gunzip.ts';
import { permanent, transient } from '../../shared/errors.ts';

type Bytes = AsyncIterable<Buffer>;

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A body whose first bytes have been read. */
interface Peeked {
  readonly first: Buffer;
  readonly rest: AsyncIterator<Buffer>;
}

/** Reads until it has `count` bytes or the body ends. */
async function peek(body: Bytes, count: number): Promise<Peeked> {
  const rest = body[Symbol.asyncIterator]();
  let first: Buffer = Buffer.alloc(0);
  while (first.length < count) {
    const { done, value } = await rest.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  return { first, rest };
}

/**
 * Puts bytes back before the rest of a body. Not a generator: each generator in the path of a feed
 * costs a few promises per piece.
 */
export function prepend(first: Buffer, rest: AsyncIterator<Buffer>): Bytes {
  let isFirst = true;
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        if (!isFirst) return rest.next();
        isFirst = false;
        return Promise.resolve({ value: first, done: false });
      },
      return: async () => (await rest.return?.()) ?? { value: undefined, done: true },
    }),
  };
}

async function* gunzip(body: Bytes): Bytes {
  const gunzipped = createGunzip();
  const source = Readable.from(body).on('error', (error) => gunzipped.destroy(error));
  try {
    yield* source.pipe(gunzipped) as Bytes;
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    if (code === 'Z_BUF_ERROR') {
      throw transient('feed_truncated', 'The compressed feed is cut short', { cause });
    }
    if (code.startsWith('Z_')) {
      throw permanent('feed_malformed', `The feed is not valid gzip: ${code}`, { cause });
    }
    throw cause;
  } finally {
    source.destroy();
  }
}

/**
 * Decodes a body to its plain JSON text: gunzips it if its first bytes say that it is gzip, because
 * names and headers cannot be trusted to, and drops a byte order mark.
 */
export async function decodeFeed(body: Bytes): Promise<Bytes> {
  const { first, rest } = await peek(body, GZIP_MAGIC.length);
  const isGzip = first.subarray(0, 2).equals(GZIP_MAGIC);
  const all = prepend(first, rest);
  const text = await peek(isGzip ? gunzip(all) : all, BYTE_ORDER_MARK.length);
  const isMarked = text.first.subarray(0, 3).equals(BYTE_ORDER_MARK);
  return prepend(isMarked ? text.first.subarray(3) : text.first, text.rest);
}
