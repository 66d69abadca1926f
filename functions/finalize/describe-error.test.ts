import { expect, test } from 'vitest';
import { describeError } from './describe-error.ts';

test.each([
  [
    { code: 503, body: { error: { code: 'feed_unavailable', message: 'the City is away' } } },
    'feed_unavailable: the City is away',
  ],
  [{ code: 'chunks_failed', message: 'chunks [2] of run 7' }, 'chunks_failed: chunks [2] of run 7'],
  [
    { code: 502, body: '<html>', message: 'HTTP server responded with error code 502' },
    'HTTP server responded with error code 502',
  ],
  [{ tags: ['TimeoutError'], message: 'request timed out' }, 'request timed out'],
  ['raised as text', 'raised as text'],
  [{ custom: true }, '{"custom":true}'],
  [null, 'null'],
  [undefined, 'unknown error'],
])('describes %j as %j', (error, line) => {
  expect(describeError(error)).toBe(line);
});

test('cuts the line at 2,000 characters', () => {
  expect(describeError('x'.repeat(5_000))).toHaveLength(2_000);
});
