import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stackOutputs } from './stack-outputs.ts';

const OUTPUTS = new URL('../../terraform/outputs.tf', import.meta.url);

test.skipIf(!existsSync(OUTPUTS))('the stack declares every output that deploy reads', () => {
  const declared = [...readFileSync(OUTPUTS, 'utf8').matchAll(/^output "(\w+)"/gm)];
  const names = declared.map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(stackOutputs.shape)));
});
