import { randomBytes } from 'node:crypto';
import { chown, lstat, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataDirectory } from './choose-data-directory.ts';
import { MEMORY_SETTINGS, runProgram } from './run-program.ts';

/** The server's superuser; each data directory has its own password. */
const SUPERUSER = 'postgres';

export interface Cluster {
  /** What PostgreSQL calls PGDATA. */
  readonly folder: string;
  readonly password: string;
}

/**
 * Creates the database cluster of a data directory unless it has one. Discards what a killed initdb
 * left behind, and nothing else.
 *
 * @throws Error with initdb's own words, or when it cannot be seen whether there is a cluster
 */
export async function initializeCluster(
  dataDirectory: DataDirectory,
  log: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<Cluster> {
  const { serverFolder } = dataDirectory;
  const folder = path.join(serverFolder, 'data');
  const passwordFile = path.join(serverFolder, 'password');
  if (!(await hasCluster(folder))) {
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    log('creating the database cluster');
    await ensurePassword(passwordFile, dataDirectory);
    await runInitdb(dataDirectory, partial, passwordFile, signal);
    // Only a complete cluster gets this name.
    await rename(partial, folder);
  }
  return { folder, password: await readPassword(serverFolder) };
}

/** @throws the error of the file system if there is no password */
export async function readPassword(serverFolder: string): Promise<string> {
  return (await readFile(path.join(serverFolder, 'password'), 'utf8')).trim();
}

/** The superuser's URL of a database on a cluster's server. */
export function formatUrl(
  { port, password }: { readonly port: number; readonly password: string },
  databaseName: string,
): string {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(databaseName)}`;
}

/** Errors other than absence are thrown: a disk that fails still has its data. */
async function hasCluster(folder: string): Promise<boolean> {
  try {
    const isLink = (await lstat(folder)).isSymbolicLink();
    if (isLink && (await stat(folder).catch(() => null)) === null) {
      throw new Error(
        `${folder} is a link to ${await readlink(folder)}, which is not there: mount its disk, or name another directory with --data-dir`,
      );
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Keeps a password that is there, for a cluster that was moved away may come back. */
async function ensurePassword(file: string, { user }: DataDirectory): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => '')).trim() !== '') return;
  await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (user.uid !== undefined) await chown(file, user.uid, user.gid ?? 0);
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
      ...MEMORY_SETTINGS.map((setting) => `--set=${setting}`),
    ],
    { user: dataDirectory.user, cwd: dataDirectory.serverFolder, signal },
  );
  if (exitCode !== 0) throw new Error(explainInitdb(output));
}

function explainInitdb(output: string): string {
  const lines = output
    .split('\n')
    .filter((line) => /could not|FATAL|PANIC|error:|hint:/.test(line));
  const reason = lines.length === 0 ? output.trim() : lines.join('; ');
  const advice = /look up effective user ID/.test(reason)
    ? 'give that user an entry in /etc/passwd, start as another user'
    : 'name another directory with --data-dir';
  return `initdb failed: ${reason}: ${advice}, or set DATABASE_URL to your own PostgreSQL`;
}
