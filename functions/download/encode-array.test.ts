import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { encodeHashes, encodeIntegers } from './encode-array.ts';

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
