import { createHash } from 'node:crypto';
import { lchown, mkdir, realpath, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyBinaries } from './copy-binaries.ts';
import type { Binaries } from './find-binaries.ts';
import { runProgram, type ServerUser } from './run-program.ts';
import { removeAbandonedHouses, secureHouse } from './secure-house.ts';

/** Where the server lives. */
export type Home = Readonly<{
  binaries: Binaries;
  /** All that is kept for a directory, copied programs too. */
  house: string;
  /** The part of the house that belongs to the server's user alone. */
  folder: string;
  user: ServerUser;
}>;

/**
 * Finds a home that the server's user can reach. That is within `directory`, unless root runs from
 * a place that only root can enter: then the data lies in one of `temporaryFolders`, always the
 * same for the same directory and gone when that is deleted; `directory/location.txt` says where.
 * Programs that the user cannot run where they are get copied there.
 * @throws Error when no folder serves
 */
export async function chooseHome(
  directory: string,
  binaries: Binaries,
  user: ServerUser,
  temporaryFolders: readonly string[],
): Promise<Home> {
  const inPlace = path.join(directory, 'server');
  if (user.uid === undefined) {
    await mkdir(inPlace, { recursive: true, mode: 0o700 });
    return { binaries, house: directory, folder: inPlace, user };
  }

  const home = await tryHouse(directory, binaries, user);
  if (home !== null) return home;
  const key = await hashPath(directory);
  for (const folder of temporaryFolders) {
    await removeAbandonedHouses(folder);
    const house = await secureHouse(folder, key, directory);
    if (house === null) continue;
    const outside = await tryHouse(house, binaries, user);
    if (outside === null) continue;
    await writeFile(path.join(directory, 'location.txt'), `${outside.house}\n`);
    return outside;
  }
  throw new Error(
    `PostgreSQL runs as user ${user.uid}, who can enter neither ${directory} nor a folder of root's in ${temporaryFolders.join(' or ')}: name another directory with --data-dir`,
  );
}

async function hashPath(directory: string): Promise<string> {
  const real = await realpath(directory);
  return createHash('sha256').update(real).digest('hex').slice(0, 20);
}

async function tryHouse(house: string, binaries: Binaries, user: ServerUser): Promise<Home | null> {
  const folder = path.join(house, 'server');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await lchown(folder, user.uid ?? 0, user.gid ?? 0);
  if (!(await succeeds('test', ['-w', folder], user))) {
    // Not when it holds data from a time when it could be reached.
    await rmdir(folder).catch(() => undefined);
    return null;
  }
  const usable = (await succeeds(binaries.postgres, ['--version'], user))
    ? binaries
    : await copyBinaries(binaries, house);
  if (!(await succeeds(usable.postgres, ['--version'], user))) return null;
  return { binaries: usable, house, folder, user };
}

async function succeeds(file: string, args: readonly string[], user: ServerUser): Promise<boolean> {
  try {
    return (await runProgram(file, args, { user })).exitCode === 0;
  } catch {
    return false;
  }
}
