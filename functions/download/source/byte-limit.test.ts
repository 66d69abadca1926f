import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { toParts } from '../testing/to-parts.ts';
import { createByteLimit } from './byte-limit.ts';

async function read(limit: ReturnType<typeof createByteLimit>, text: string) {
  return (await buffer(limit(toParts(Buffer.from(text), [1, 2, 3])))).toString();
}

test('exactly the allowed number of bytes passes, in one body or in several', async () => {
  expect(await read(createByteLimit('the feed', 6, 'raise it'), 'abcdef')).toBe('abcdef');
  const limit = createByteLimit('the feed', 6, 'raise it');
  expect((await read(limit, 'abc')) + (await read(limit, 'def'))).toBe('abcdef');
});

test('one byte more is a permanent error', async () => {
  const limit = createByteLimit('the feed', 6, 'raise it');
  await read(limit, 'abc');
  await expect(read(limit, 'defg')).rejects.toMatchObject({
    code: 'feed_too_large',
    outcome: 'permanent',
    hint: 'raise it',
    message: 'the feed has more than 6 bytes of text',
  });
});
