import { createHash } from 'node:crypto';
import { lchown, mkdir, realpath, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyBinaries } from './copy-binaries.ts';
import type { Binaries } from './find-binaries.ts';
import { runProgram, type ServerUser } from './run-program.ts';
import { removeAbandonedDataDirectories, secureDataDirectory } from './secure-data-directory.ts';

/** Where the server keeps its files, and what runs it there. */
export interface DataDirectory {
  readonly binaries: Binaries;
  /** Holds everything kept for the requested directory, including copied programs. */
  readonly root: string;
  /** The part of `root` that only the server's user may enter. */
  readonly serverFolder: string;
  readonly user: ServerUser;
}

/**
 * Finds a data directory that the server's user can reach. It is `directory` itself, unless root
 * runs from a place that only root can enter. Then it is in one of `temporaryFolders`: always the
 * same one for the same directory, removed once that directory is deleted, and named in
 * `directory/location.txt`. Programs that the user cannot run where they are get copied there.
 *
 * @throws Error when no folder can be used
 */
export async function chooseDataDirectory(
  directory: string,
  binaries: Binaries,
  user: ServerUser,
  temporaryFolders: readonly string[],
): Promise<DataDirectory> {
  const inPlace = path.join(directory, 'server');
  if (user.uid === undefined) {
    await mkdir(inPlace, { recursive: true, mode: 0o700 });
    return { binaries, root: directory, serverFolder: inPlace, user };
  }

  const requested = await tryRoot(directory, binaries, user);
  if (requested !== null) return requested;
  const key = await hashPath(directory);
  for (const folder of temporaryFolders) {
    await removeAbandonedDataDirectories(folder);
    const root = await secureDataDirectory(folder, key, directory);
    if (root === null) continue;
    const outside = await tryRoot(root, binaries, user);
    if (outside === null) continue;
    await writeFile(path.join(directory, 'location.txt'), `${outside.root}\n`);
    return outside;
  }
  throw new Error(
    `PostgreSQL runs as user ${user.uid}, who can enter neither ${directory} nor a folder owned by root in ${temporaryFolders.join(' or ')}: name another directory with --data-dir`,
  );
}

async function hashPath(directory: string): Promise<string> {
  const real = await realpath(directory);
  return createHash('sha256').update(real).digest('hex').slice(0, 20);
}

async function tryRoot(
  root: string,
  binaries: Binaries,
  user: ServerUser,
): Promise<DataDirectory | null> {
  const serverFolder = path.join(root, 'server');
  await mkdir(serverFolder, { recursive: true, mode: 0o700 });
  await lchown(serverFolder, user.uid ?? 0, user.gid ?? 0);
  if (!(await succeeds('test', ['-w', serverFolder], user))) {
    // Fails, as it should, if the folder has data from a time when the user could reach it.
    await rmdir(serverFolder).catch(() => undefined);
    return null;
  }
  const usable = (await succeeds(binaries.postgres, ['--version'], user))
    ? binaries
    : await copyBinaries(binaries, root);
  if (!(await succeeds(usable.postgres, ['--version'], user))) return null;
  return { binaries: usable, root, serverFolder, user };
}

async function succeeds(file: string, args: readonly string[], user: ServerUser): Promise<boolean> {
  try {
    return (await runProgram(file, args, { user })).exitCode === 0;
  } catch {
    return false;
  }
}
