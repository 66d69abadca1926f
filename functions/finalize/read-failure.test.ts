import { expect, test } from 'vitest';
import { readFailure } from './read-failure.ts';

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
  const { code, message } = readFailure(error);
  expect(code === null ? message : `${code}: ${message}`).toBe(line);
});

test('passes on the hint of the function, and that of a failed chunk', () => {
  const body = { error: { code: 'feed_object_changed', message: 'x', hint: 'Start a new sync' } };
  expect(readFailure({ code: 409, body }).hint).toBe('Start a new sync');
  const chunks = { code: 'chunks_failed', message: 'chunks [2]', cause: { code: 409, body } };
  expect(readFailure(chunks)).toEqual({
    code: 'chunks_failed',
    message: 'chunks [2]',
    hint: 'Start a new sync',
  });
  expect(readFailure('text').hint).toBeNull();
});

test('cuts the message at 2,000 characters', () => {
  expect(readFailure('x'.repeat(5_000)).message).toHaveLength(2_000);
});

test('a NUL, which the database cannot store, is replaced', () => {
  const error = { body: { error: { code: 'a\0', message: 'b\0', hint: 'c\0' } } };
  expect(readFailure(error)).toEqual({ code: 'a\uFFFD', message: 'b\uFFFD', hint: 'c\uFFFD' });
});
