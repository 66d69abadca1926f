import { permanent } from '../../shared/errors.ts';

type Bytes = AsyncIterable<Buffer>;

/**
 * Creates a filter that passes at most `maxBytes`, so a small compressed feed cannot expand without
 * end.
 *
 * @param source names the bodies in the error's message.
 * @param hint says what to do about the error.
 * @returns a filter for one or more bodies, which share the limit; it throws SyncError
 * `feed_too_large` (permanent) at the first piece beyond the limit.
 */
export function createByteLimit(
  source: string,
  maxBytes: number,
  hint: string,
): (body: Bytes) => Bytes {
  let left = maxBytes;
  return async function* (body) {
    for await (const bytes of body) {
      left -= bytes.length;
      if (left < 0) {
        throw permanent('feed_too_large', `${source} has more than ${maxBytes} bytes of text`, {
          hint,
        });
      }
      yield bytes;
    }
  };
}
