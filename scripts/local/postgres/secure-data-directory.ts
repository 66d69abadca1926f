import { lstat, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

const PREFIX = 'permit-sync-postgres-';
/** Holds the path of the directory that a data directory stands in for. */
const ORIGIN_FILE = 'stands-in-for.txt';

/**
 * Makes a data directory in `folder` that stands in for `directory`: owned by root, and for others
 * only a passage. In a world-writable folder another user may have made it first, so it is checked.
 *
 * @param key the part of its name that identifies `directory`
 * @returns its path, or null when root does not control it
 */
export async function secureDataDirectory(
  folder: string,
  key: string,
  directory: string,
): Promise<string | null> {
  const root = path.join(folder, PREFIX + key);
  try {
    await mkdir(root, { mode: 0o711 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return null;
  }
  if (!(await isControlledByRoot(root))) return null;
  await writeFile(path.join(root, ORIGIN_FILE), `${directory}\n`);
  return root;
}

/** Removes the data directories in `folder` whose original directory has been deleted. */
export async function removeAbandonedDataDirectories(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((entry) => entry.startsWith(PREFIX))) {
    const root = path.join(folder, name);
    if (!(await isControlledByRoot(root))) continue;
    const directory = await readFile(path.join(root, ORIGIN_FILE), 'utf8').catch(() => '');
    if (directory === '' || (await mayExist(directory.trimEnd()))) continue;
    await rm(root, { recursive: true, force: true });
  }
}

/** Checks the entry itself, not what a symbolic link points to. */
async function isControlledByRoot(folder: string): Promise<boolean> {
  const entry = await lstat(folder).catch(() => null);
  return entry?.isDirectory() === true && entry.uid === 0 && (entry.mode & 0o022) === 0;
}

/** False only for a directory that is certainly gone. */
async function mayExist(directory: string): Promise<boolean> {
  try {
    await stat(directory);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
