import { permanent } from '../../shared/errors.ts';

type Bytes = AsyncIterable<Buffer>;

/**
 * Lets at most `maxBytes` of all the bodies that pass through it go by, so that a small compressed
 * feed cannot become one without end.
 *
 * @returns a filter for one body after the other; it throws SyncError `feed_too_large` (permanent)
 * at the first piece beyond the limit. `source` names the bodies in its message, `hint` says what to
 * do.
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
