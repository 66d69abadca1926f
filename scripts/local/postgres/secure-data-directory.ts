import { chmod, lstat, mkdtemp, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Begins the name of each data directory that stands in for another directory. */
export const PREFIX = 'permit-sync-postgres-';
/** In a data directory: the path of the directory that it stands in for. */
const ORIGIN_FILE = 'stands-in-for.txt';
/** In a directory that has a stand-in: the stand-in's path. */
const LOCATION_FILE = 'location.txt';

/**
 * Makes a data directory in `folder` that stands in for `directory`. It is owned by root, and
 * others can only pass through it.
 *
 * @throws the error of the file system, such as EROFS
 */
export async function createDataDirectory(folder: string, directory: string): Promise<string> {
  // A random name, which nobody can have taken before in a world-writable folder.
  const root = await mkdtemp(path.join(folder, PREFIX));
  await openPassage(root);
  await writeOrigin(root, directory);
  return root;
}

/** Lets everybody through a data directory, whatever the umask was when it was made. */
export async function openPassage(root: string): Promise<void> {
  await chmod(root, 0o711);
}

/** Whether only root can change a folder. Checks the entry itself, not the target of a link. */
export async function isControlledByRoot(folder: string): Promise<boolean> {
  const entry = await lstat(folder).catch(() => null);
  return entry?.isDirectory() === true && entry.uid === 0 && (entry.mode & 0o022) === 0;
}

/** The directory that a data directory stands in for; null if it says none. */
export async function readOrigin(root: string): Promise<string | null> {
  return readPath(path.join(root, ORIGIN_FILE));
}

export async function writeOrigin(root: string, directory: string): Promise<void> {
  await replaceFile(path.join(root, ORIGIN_FILE), `${directory}\n`);
}

/** The data directory that stands in for a directory; null if it says none. */
export async function readLocation(directory: string): Promise<string | null> {
  return readPath(path.join(directory, LOCATION_FILE));
}

export async function writeLocation(directory: string, root: string): Promise<void> {
  await replaceFile(path.join(directory, LOCATION_FILE), `${root}\n`);
}

/** Whether a directory keeps its data in `root`. True if in doubt, such as a disk that fails. */
export async function usesDataDirectory(directory: string, root: string): Promise<boolean> {
  try {
    return (await readLocation(directory)) === root;
  } catch {
    return true;
  }
}

/** Whether two paths lead to one directory. */
export async function isSameDirectory(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map((directory) => stat(directory, { bigint: true }).catch(() => null)),
  );
  if (!first || !second) return false;
  return first.dev === second.dev && first.ino === second.ino;
}

async function readPath(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trimEnd();
    return text === '' ? null : text;
  } catch (error) {
    const isAbsent =
      error instanceof Error && 'code' in error && /^ENO(ENT|TDIR)$/.test(`${error.code}`);
    if (isAbsent) return null;
    throw error;
  }
}

/** Writes a file at once, so a full disk or a crash leaves the old one. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
