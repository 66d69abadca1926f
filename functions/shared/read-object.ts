import type { File } from '@google-cloud/storage';
import pRetry, { type Options } from 'p-retry';
import { classifyError } from './errors.ts';

/** Four more attempts, the first after 0.5 to 1 s, all within 15 s. */
const RETRY: Options = { retries: 4, minTimeout: 500, randomize: true };

export interface ReadOptions {
  /** The first byte; 0 if it is not given. */
  readonly start?: number;
  /** The byte after the last; the object's end if it is not given. */
  readonly end?: number;
  readonly retry?: Options;
}

/**
 * Reads the stored bytes of an object, or a range of them. After a transient error it goes on at
 * the byte it has reached, in the same generation of the object.
 *
 * @throws the client's error if it is not transient, or if no attempt gets any further.
 */
export async function* readObject(
  file: File,
  { start = 0, end, retry = RETRY }: ReadOptions = {},
): AsyncGenerator<Buffer> {
  let parts: AsyncIterator<Buffer> | undefined;
  let generation: string | undefined;
  let offset = start;
  let last = end === undefined ? undefined : end - 1;

  const open = (): AsyncIterator<Buffer> => {
    const from = file.bucket.file(file.name, generation === undefined ? {} : { generation });
    // The client's own retry of a read throws where nobody can catch it: on Node 24, teeny-request
    // 11.1.1 pipes into the stream that the retry has destroyed.
    from.interceptors.push({ request: (options) => ({ uri: '', ...options, maxRetries: 0 }) });
    const stream = from.createReadStream({
      ...(offset > 0 || last !== undefined ? { start: offset } : {}),
      ...(last === undefined ? {} : { end: last }),
      decompress: false,
      validation: false,
    });
    stream.on('response', (response) => {
      // The client adds eleven, one more than Node takes without a warning.
      response.setMaxListeners(20);
      if (response.statusCode >= 300) return;
      generation ??= response.headers['x-goog-generation'];
      const length = response.headers['content-length'];
      if (length !== undefined) last ??= offset + Number(length) - 1;
    });
    return stream[Symbol.asyncIterator]();
  };
  /** @returns undefined at the end. */
  const readPart = async (): Promise<Buffer | undefined> => {
    // The last byte had arrived before the connection broke.
    if (!parts && last !== undefined && offset > last) return undefined;
    try {
      parts ??= open();
      const { value } = await parts.next();
      return value;
    } catch (error) {
      parts = undefined;
      throw error;
    }
  };
  const shouldRetry: Options['shouldRetry'] = ({ error }) =>
    classifyError(error).outcome === 'transient';
  try {
    for (;;) {
      const part = await pRetry(readPart, { ...retry, shouldRetry });
      if (!part) return;
      offset += part.length;
      yield part;
    }
  } finally {
    await parts?.return?.();
  }
}
