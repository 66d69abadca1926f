import { expect, test } from 'vitest';
import { permanent, transient } from '../../shared/errors.ts';
import { settleFailure } from './settle-failure.ts';

const body = (async function* () {})();
const cut = transient('feed_truncated', 'The feed ends at byte 3', { hint: 'try later' });

test.each(['/feeds/feed.json', 'gs://bucket/feed.json'])('a cut %s stays cut', (source) => {
  expect(settleFailure({ source, body }, cut)).toMatchObject({
    outcome: 'permanent',
    status: 422,
    code: 'feed_truncated',
    message: 'The feed ends at byte 3',
    hint: `Replace ${source} by a complete feed and start a new sync`,
  });
});

test.each(['http://portal/feed.json', 'HTTPS://portal/feed.json'])(
  '%s may be whole at the next attempt',
  (source) => {
    expect(settleFailure({ source, body }, cut)).toBe(cut);
  },
);

test.each([permanent('feed_malformed', 'byte 2 is "x"'), new Error('ECONNRESET'), undefined])(
  'another failure stays what it is: %s',
  (failure) => {
    expect(settleFailure({ source: '/feeds/feed.json', body }, failure)).toBe(failure);
  },
);
