import { permanent, SyncError } from '../../shared/errors.ts';
import type { Feed } from './open-feed.ts';

/**
 * Makes a transient failure of a feed's bytes permanent if they come from a file or an object,
 * which has the same bytes at the next attempt; a URL may give others.
 */
export function settleFailure({ source }: Feed, failure: unknown): unknown {
  if (!(failure instanceof SyncError) || failure.outcome !== 'transient') return failure;
  if (/^https?:/i.test(source)) return failure;
  return permanent(failure.code, failure.message, {
    hint: `Replace ${source} by a complete feed and start a new sync`,
    cause: failure.cause,
  });
}
