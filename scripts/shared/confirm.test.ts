import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm } from './confirm.ts';

async function answer(typed: string) {
  const input = new PassThrough();
  const output = new PassThrough();
  input.end(typed);
  const said = await confirm('Type my-project: ', 'my-project', { input, output });
  return { said, asked: String(output.read()) };
}

test.each([
  ['my-project\n', true],
  ['  my-project  \n', true],
  ['yes\n', false],
  ['my-project-2\n', false],
  ['\n', false],
  ['', false],
])('%j counts as %s', async (typed, expected) => {
  const { said, asked } = await answer(typed);
  expect(said).toBe(expected);
  expect(asked).toContain('Type my-project: ');
});
