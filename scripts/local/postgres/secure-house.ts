import { lstat, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

const PREFIX = 'permit-sync-postgres-';
/** Names the directory that a house stands in for. */
const TENANT_FILE = 'stands-in-for.txt';

/**
 * Makes a folder of root's that others may only pass through, standing in for `directory`. In a
 * folder that everybody can write to somebody else may have made it first: then it is not used.
 * @param key the part of its name that belongs to the directory alone
 * @returns its path, or null when it is not root's own
 */
export async function secureHouse(
  folder: string,
  key: string,
  directory: string,
): Promise<string | null> {
  const house = path.join(folder, PREFIX + key);
  try {
    await mkdir(house, { mode: 0o711 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return null;
  }
  if (!(await isRootsOwn(house))) return null;
  await writeFile(path.join(house, TENANT_FILE), `${directory}\n`);
  return house;
}

/** Removes the houses of directories that have been deleted; nobody else would. */
export async function removeAbandonedHouses(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((entry) => entry.startsWith(PREFIX))) {
    const house = path.join(folder, name);
    if (!(await isRootsOwn(house))) continue;
    const directory = await readFile(path.join(house, TENANT_FILE), 'utf8').catch(() => '');
    if (directory === '' || (await exists(directory.trimEnd()))) continue;
    await rm(house, { recursive: true, force: true });
  }
}

/** Looks at the entry itself, not at what a symbolic link points to. */
async function isRootsOwn(house: string): Promise<boolean> {
  const entry = await lstat(house).catch(() => null);
  return entry?.isDirectory() === true && entry.uid === 0 && (entry.mode & 0o022) === 0;
}

/** Only a directory that is certainly gone counts as gone. */
async function exists(directory: string): Promise<boolean> {
  try {
    await stat(directory);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
