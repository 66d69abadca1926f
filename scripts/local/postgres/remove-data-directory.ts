import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { claimDirectory } from './claim-directory.ts';
import { findLeftoverServer } from './postmaster-file.ts';
import {
  isControlledByRoot,
  PREFIX,
  readOrigin,
  usesDataDirectory,
} from './secure-data-directory.ts';

/** A data directory that no directory uses, as far as can be seen. */
export interface UnusedData {
  readonly root: string;
  /**
   * The directory that it stood in for: deleted, on a disk that is away, or with other data now.
   */
  readonly origin: string;
}

/** Lists the databases in `folders` that look abandoned. */
export async function listUnusedData(folders: readonly string[]): Promise<readonly UnusedData[]> {
  const unused: UnusedData[] = [];
  for (const folder of new Set(folders)) {
    const names = await readdir(folder).catch((): string[] => []);
    for (const name of names.filter((entry) => entry.startsWith(PREFIX)).toSorted()) {
      const root = path.join(folder, name);
      const origin = await readUnusedOrigin(root);
      const data = await stat(path.join(root, 'server', 'data')).catch(() => null);
      if (origin !== null && data !== null) unused.push({ root, origin });
    }
  }
  return unused;
}

async function readUnusedOrigin(root: string): Promise<string | null> {
  if (!(await isControlledByRoot(root))) return null;
  const origin = await readOrigin(root).catch(() => null);
  return origin === null || (await usesDataDirectory(origin, root)) ? null : origin;
}

/**
 * Removes a database that stands in for a directory and that no directory uses.
 *
 * @throws Error when it is something else, or in use
 */
export async function removeDataDirectory(directory: string): Promise<void> {
  const root = path.resolve(directory);
  const origin = (await isControlledByRoot(root)) ? await readOrigin(root) : null;
  if (origin === null || !path.basename(root).startsWith(PREFIX)) {
    throw new Error(
      `${root} is not a database that a start as root made outside its directory (${PREFIX}…): nothing was removed`,
    );
  }
  if (await usesDataDirectory(origin, root)) {
    throw new Error(
      `${root} has the database of ${origin}, which is still there: remove that first; nothing was removed`,
    );
  }
  const release = await claimDirectory(root, process.pid);
  try {
    const server = await findLeftoverServer(path.join(root, 'server', 'data'));
    if (server !== null) {
      throw new Error(
        `PostgreSQL (process ${server}) runs in ${root}: stop it first; nothing was removed`,
      );
    }
    await rm(root, { recursive: true });
  } finally {
    await release();
  }
}
