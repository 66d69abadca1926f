import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the data directory holds, except postgres/, which may belong to another user. */
const FOLDERS = ['logs', 'mail', 'monitoring', 'pubsub', 'storage', 'workflows'];
/** Holds only what its user may read. As root, PostgreSQL's user has to get through. */
const DIRECTORY_MODE = process.getuid?.() === 0 ? 0o711 : 0o700;

/** Makes the data directory closed to others. A folder that has none of our data stays as it is. */
export async function createDataDirectory(directory: string): Promise<void> {
  const isNew = (await mkdir(directory, { recursive: true })) !== undefined;
  const isOurs = isNew || (await stat(join(directory, 'workflows', 'deployed')).catch(() => null));
  if (isOurs) await chmod(directory, DIRECTORY_MODE);
}

/**
 * Keeps the files of a data directory from other users: those that are there, and those that this
 * process makes from now on.
 *
 * @returns what ends the latter
 */
export async function keepPrivate(directory: string): Promise<() => void> {
  const before = process.umask(0o077);
  for (const folder of FOLDERS) await closeToOthers(join(directory, folder));
  return () => void process.umask(before);
}

async function closeToOthers(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory() && !entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // A file may have been replaced or removed meanwhile.
    await chmod(path, entry.isDirectory() ? 0o700 : 0o600).catch(() => undefined);
  }
}
