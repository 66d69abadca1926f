import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { readProcess } from './read-process.ts';

test('a live process has a command line and a constant start time', async () => {
  const facts = await readProcess(process.pid);
  expect(facts?.command).toContain('node');
  expect(facts?.startedAt).toMatch(/\d/);
  expect(await readProcess(process.pid)).toEqual(facts);
});

test('two processes are told apart by their start times', async () => {
  const other = spawn('sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void other.kill());
  await once(other, 'spawn');
  const facts = await readProcess(other.pid ?? 0);
  expect(facts?.startedAt).not.toBe((await readProcess(process.pid))?.startedAt);
  other.kill();
  await once(other, 'exit');
  expect(await readProcess(other.pid ?? 0)).toBeNull();
});

test('a process that has ended is not found, even before its parent notices', async () => {
  // The shell starts a child and becomes a sleep, which never reaps it.
  const parent = spawn(
    '/bin/sh',
    ['-c', 'exec 3<&0; sh -c "read _ <&3" & echo $!; exec sleep 600'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  onTestFinished(() => void parent.kill());
  const [said] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  await expect.poll(async () => (await readProcess(parent.pid ?? 0))?.command).toBe('sleep 600');
  expect(await readProcess(Number(said))).not.toBeNull();
  parent.stdin.end();
  await expect.poll(() => readProcess(Number(said))).toBeNull();
});
