import { lstat } from 'node:fs/promises';
import { claimDirectory } from './claim-directory.ts';
import {
  isControlledByRoot,
  isSameDirectory,
  openPassage,
  readLocation,
  readOrigin,
  usesDataDirectory,
  writeOrigin,
} from './secure-data-directory.ts';

/**
 * Finds the data directory that `directory/location.txt` names. If `directory` was moved, the data
 * directory follows it; a copy of a directory that is still there gets none.
 *
 * @param warn receives a line for people when `directory` was moved, is a copy, or lost its data
 * @returns its path, or null when a new one has to be made
 * @throws Error when the data is there but cannot be used
 */
export async function adoptDataDirectory(
  directory: string,
  warn: (message: string) => void,
): Promise<string | null> {
  const root = await readLocation(directory);
  if (root === null) return null;
  if (!(await exists(root))) {
    warn(
      `${root}, which had the database of ${directory}, is not there: a new database is created`,
    );
    return null;
  }
  if (!(await isControlledByRoot(root))) {
    throw new Error(
      `${root} has the database of ${directory}, but others than root can change it: check what is in it, then chown root and chmod 711 it`,
    );
  }
  await openPassage(root);
  const origin = await findOtherOrigin(root, directory);
  if (origin === null) return root;
  if (await usesDataDirectory(origin, root)) {
    warn(
      `${directory} is a copy of ${origin}, which is still there and keeps its database in ${root}: a new database is created`,
    );
    return null;
  }
  return follow(root, directory, warn);
}

/** Takes over the data directory, unless another copy of a vanished directory is faster. */
async function follow(
  root: string,
  directory: string,
  warn: (message: string) => void,
): Promise<string | null> {
  const release = await claimDirectory(root, process.pid);
  try {
    const origin = await findOtherOrigin(root, directory);
    if (origin !== null && (await usesDataDirectory(origin, root))) return null;
    await writeOrigin(root, directory);
    warn(`the database in ${root} was that of ${origin}, and is now that of ${directory}`);
    return root;
  } finally {
    await release();
  }
}

/** The directory that a data directory stands in for, if that is not `directory`. */
async function findOtherOrigin(root: string, directory: string): Promise<string | null> {
  const origin = await readOrigin(root);
  return origin === null || (await isSameDirectory(origin, directory)) ? null : origin;
}

/** @throws Error when the disk does not say, so a database there is not taken for lost */
async function exists(folder: string): Promise<boolean> {
  try {
    await lstat(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
