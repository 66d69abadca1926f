import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../testing/create-test-context.ts';
import {
  countElements,
  createFingerprintArray,
  createIntegerArray,
  integerAt,
  readFingerprints,
} from './binary-array.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

async function read(type: string, value: Buffer): Promise<string> {
  return (await context.pool.query(`select $1::${type}::text as read`, [value])).rows[0].read;
}

test('integers are read back; larger numbers become the largest integer', async () => {
  const array = createIntegerArray(5);
  for (const value of [0, 1, 930, 2 ** 40]) array.push(value);
  expect(await read('integer[]', array.end())).toBe('{0,1,930,2147483647}');
  expect(await read('integer[]', createIntegerArray(5).end())).toBe('{}');
});

test('fingerprints are read as uuids', async () => {
  const array = createFingerprintArray(3);
  array.bytes.write('01ff23456789abcdef0123456789abcd', array.add(), 'hex');
  array.addNull();
  array.bytes.write('02ff23456789abcdef0123456789abcd', array.add(), 'hex');
  const [first, last] = [1, 2].map((version) => `0${version}ff2345-6789-abcd-ef01-23456789abcd`);
  expect(await read('uuid[]', array.end())).toBe(`{${first},NULL,${last}}`);
  expect(await read('uuid[]', createFingerprintArray(0).end())).toBe('{}');
});

async function send(array: string): Promise<Buffer> {
  return (await context.pool.query(`select array_send(${array}) as sent`)).rows[0].sent;
}

test('arrays that the database sends are read back', async () => {
  const integers = await send("'{0,1,-930,2147483647}'::integer[]");
  expect(countElements(integers)).toBe(4);
  expect([0, 1, 2, 3].map((index) => integerAt(integers, index))).toEqual([0, 1, -930, 2147483647]);
  expect(countElements(await send("'{}'::integer[]"))).toBe(0);
  const fingerprint = '01ff23456789abcdef0123456789abcd';
  const fingerprints = await send(`'{${fingerprint},null,${fingerprint}}'::uuid[]`);
  expect([...readFingerprints(fingerprints)]).toEqual([fingerprint, null, fingerprint]);
  expect([...readFingerprints(await send("'{}'::uuid[]"))]).toEqual([]);
});
