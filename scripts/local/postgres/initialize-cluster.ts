import { randomBytes } from 'node:crypto';
import { chown, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataDirectory } from './choose-data-directory.ts';
import { runProgram } from './run-program.ts';

/** The server's superuser; each data directory has its own password. */
export const SUPERUSER = 'postgres';

export interface Cluster {
  /** What PostgreSQL calls PGDATA. */
  readonly folder: string;
  readonly password: string;
}

/**
 * Creates the database cluster of a data directory unless it has one. Discards what a killed initdb
 * left behind.
 *
 * @throws Error with initdb's own words
 */
export async function initializeCluster(
  dataDirectory: DataDirectory,
  log: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<Cluster> {
  const { serverFolder, user } = dataDirectory;
  const folder = path.join(serverFolder, 'data');
  const passwordFile = path.join(serverFolder, 'password');
  if ((await stat(folder).catch(() => null)) === null) {
    for (const entry of await readdir(serverFolder)) {
      if (entry.startsWith('data.')) await rm(path.join(serverFolder, entry), { recursive: true });
    }
    log('creating the database cluster');
    await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    if (user.uid !== undefined) await chown(passwordFile, user.uid, user.gid ?? 0);
    const partial = `${folder}.partial`;
    await runInitdb(dataDirectory, partial, passwordFile, signal);
    // Only a complete cluster gets this name.
    await rename(partial, folder);
  }
  return { folder, password: (await readFile(passwordFile, 'utf8')).trim() };
}

async function runInitdb(
  dataDirectory: DataDirectory,
  target: string,
  passwordFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { exitCode, output } = await runProgram(
    dataDirectory.binaries.initdb,
    [
      `--pgdata=${target}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      // Sorts text the same way on every machine, whatever locales it has.
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      // An empty cluster has nothing to lose: if the machine dies now, it is created again. The
      // server itself does sync.
      '--no-sync',
    ],
    { user: dataDirectory.user, cwd: dataDirectory.serverFolder, signal },
  );
  if (exitCode !== 0) throw new Error(`initdb failed: ${output.trim()}`);
}
