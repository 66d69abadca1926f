import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimDirectory } from './claim-directory.ts';

const ROUNDS = 60;
const RIVALS = 4;

/** Claims the directory that it is told, and says whether it got it; frees it when told to. */
const RIVAL = `
  const { claimDirectory } = await import(${JSON.stringify(new URL('./claim-directory.ts', import.meta.url).href)});
  let release;
  process.on('message', async (directory) => {
    if (directory === null) {
      await release?.();
      release = undefined;
      process.send('free');
      return;
    }
    try {
      release = await claimDirectory(directory, process.pid);
      process.send('won');
    } catch (error) {
      process.send(error.message);
    }
  });
  process.send('ready');
`;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'permit-sync-test-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function abandonClaim(text = JSON.stringify({ pid: process.pid, startedAt: 'long ago' })) {
  await writeFile(path.join(directory, 'owner.json'), text);
}

async function ask(rival: ChildProcess, message: string | null): Promise<string> {
  const answered = once(rival, 'message');
  rival.send(message as unknown as string);
  const [answer] = (await answered) as [string];
  return answer;
}

test('exactly one of the processes that find a dead claim at one moment gets the directory', async () => {
  const rivals = Array.from({ length: RIVALS }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', RIVAL], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
  );
  try {
    await Promise.all(rivals.map((rival) => once(rival, 'message')));
    for (let round = 0; round < ROUNDS; round += 1) {
      await abandonClaim(JSON.stringify({ pid: process.pid, startedAt: `long ago ${round}` }));
      const answers = await Promise.all(rivals.map((rival) => ask(rival, directory)));
      expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
      const winner = rivals[answers.indexOf('won')]?.pid;
      expect(JSON.parse(await readFile(path.join(directory, 'owner.json'), 'utf8'))).toMatchObject({
        pid: winner,
      });
      for (const answer of answers.filter((other) => other !== 'won')) {
        expect(answer).toMatch(/ is in use by process \d+: stop that one/);
      }
      await Promise.all(rivals.map((rival) => ask(rival, null)));
      expect(await readdir(directory)).toEqual([]);
    }
  } finally {
    for (const rival of rivals) rival.kill();
  }
});

test.each(['', '{"pid": 12', 'null'])(
  'a claim that a crash cut to %j is taken over',
  async (text) => {
    await abandonClaim(text);
    const release = await claimDirectory(directory, process.pid);
    await expect(claimDirectory(directory, process.pid)).rejects.toThrow(
      `${directory} is in use by process ${process.pid}`,
    );
    await release();
  },
);

test('a process that died while it replaced a dead claim is replaced, too', async () => {
  await abandonClaim();
  const rival = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      // Dies between its claim on the replacement and the replacement.
      `import fs from 'node:fs/promises';
       import { syncBuiltinESMExports } from 'node:module';
       fs.rename = () => process.kill(process.pid, 'SIGKILL');
       syncBuiltinESMExports();
       const { claimDirectory } = await import(${JSON.stringify(new URL('./claim-directory.ts', import.meta.url).href)});
       await claimDirectory(process.argv[1], process.pid);`,
      directory,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await once(rival, 'exit');
  expect(await readdir(directory)).toHaveLength(3);
  const release = await claimDirectory(directory, process.pid);
  await release();
  await expect(claimDirectory(directory, process.pid)).resolves.toBeTypeOf('function');
});

test('only its holder removes a claim', async () => {
  const release = await claimDirectory(directory, process.pid);
  await abandonClaim('somebody else');
  await release();
  expect(await readdir(directory)).toEqual(['owner.json']);
});

test('a directory that cannot be made or written is named, with the option to name another', async () => {
  const file = path.join(directory, 'file');
  await writeFile(file, '');
  await expect(claimDirectory(path.join(file, 'data'), process.pid)).rejects.toThrow(
    `nothing can be written in ${file}/data (ENOTDIR): name another directory with --data-dir`,
  );
});
