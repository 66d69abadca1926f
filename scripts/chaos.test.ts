import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('./chaos.ts', import.meta.url));

function chaos(...args: string[]) {
  return promisify(execFile)(process.execPath, [SCRIPT, ...args]);
}

test('npm run chaos runs the given number of syncs and reports how they ended', async () => {
  const { stdout, stderr } = await chaos('--schedules', '2', '--seed', '1', '--json');
  expect(stderr).toMatch(/^seed 1\n( {2}\d faults: \w+\n){2}$/);
  const { completed, redriven, ...rest } = JSON.parse(stdout);
  expect(completed + redriven).toBe(2);
  expect(rest).toEqual({ seed: 1, failure: null });
});
