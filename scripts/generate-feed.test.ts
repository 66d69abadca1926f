import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateRecords } from './generate-feed/generate-records.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permit-sync-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function run(...args: readonly string[]) {
  const command = path.join(import.meta.dirname, 'generate-feed.ts');
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await exited, stdout, stderr };
}

test('the day goes to standard output, a message to standard error', async () => {
  const { exitCode, stdout, stderr } = await run('--records', '20', '--day', '2', '--out', '-');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual([...generateRecords({ records: 20, day: 2 })]);
  expect(stderr).toContain('Day 2 of a feed of 20');
});

test('a file whose name ends in .gz is compressed', async () => {
  const file = path.join(folder, 'feed.json.gz');
  const { exitCode, stdout } = await run('--records', '20', '--seed', '7', '--out', file);
  expect([exitCode, stdout]).toEqual([0, '']);
  expect(JSON.parse(gunzipSync(await readFile(file)).toString())).toEqual([
    ...generateRecords({ records: 20, day: 0, seed: 7 }),
  ]);
});

test.each([
  [[], '--out'],
  [['--out', '-', '--records', '1e3'], 'Give a whole number from 0 to 2000000'],
  [['--out', '-', '--records', '3', '--bad', '4'], '--bad must not exceed --records'],
  [['--out', '-', '--colour', 'red'], '--colour'],
])('wrong usage %j exits with 2 and a message', async (args, complaint) => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(complaint);
});

test('a file that cannot be written exits with 1 and one line', async () => {
  const { exitCode, stderr } = await run('--records', '1', '--out', path.join(folder, 'no', 'x'));
  expect(exitCode).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('ENOENT')]);
});
