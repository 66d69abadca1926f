import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeHashes, decodeIntegers, encodeHashes, encodeIntegers } from './binary-array.ts';
import { createTestContext, type TestContext } from './testing/create-test-context.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

const read = async (type: string, value: Buffer): Promise<string> =>
  (await context.pool.query(`select $1::${type}::text as read`, [value])).rows[0].read;

test('integers are read as they are, those that are too great as the greatest', async () => {
  expect(await read('integer[]', encodeIntegers([0, 1, 930, 2 ** 40]))).toBe(
    '{0,1,930,2147483647}',
  );
  expect(await read('integer[]', encodeIntegers([]))).toBe('{}');
});

test('hashes are read as uuids, one that begins with 0 as null', async () => {
  const hash = Buffer.from('01ff23456789abcdef0123456789abcd', 'hex');
  const hashes = Buffer.concat([hash, Buffer.alloc(16), hash]);
  const uuid = '01ff2345-6789-abcd-ef01-23456789abcd';
  expect(await read('uuid[]', encodeHashes(hashes))).toBe(`{${uuid},NULL,${uuid}}`);
});

const send = async (array: string): Promise<Buffer> =>
  (await context.pool.query(`select array_send(${array}) as sent`)).rows[0].sent;

test('what the database sends is read back', async () => {
  expect(decodeIntegers(await send("'{0,1,-930,2147483647}'::integer[]"))).toEqual([
    0, 1, -930, 2147483647,
  ]);
  expect(decodeIntegers(await send("'{}'::integer[]"))).toEqual([]);
  const hash = '01ff23456789abcdef0123456789abcd';
  const hashes = decodeHashes(await send(`'{${hash},null,${hash}}'::uuid[]`));
  expect(hashes.toString('hex')).toBe(hash + '0'.repeat(32) + hash);
  expect(decodeHashes(await send("'{}'::uuid[]"))).toHaveLength(0);
});
