import { randomBytes } from 'node:crypto';
import { chown, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Home } from './choose-home.ts';
import { runProgram } from './run-program.ts';

/** The server's superuser; the password is another one for every data directory. */
export const SUPERUSER = 'postgres';

export type Cluster = Readonly<{ dataFolder: string; password: string }>;

/**
 * Makes the home's database cluster unless it has one. What an initdb that was killed has left
 * behind is thrown away.
 * @throws Error with initdb's own words
 */
export async function initializeCluster(
  home: Home,
  log: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<Cluster> {
  const dataFolder = path.join(home.folder, 'data');
  const passwordFile = path.join(home.folder, 'password');
  if ((await stat(dataFolder).catch(() => null)) === null) {
    for (const entry of await readdir(home.folder)) {
      if (entry.startsWith('data.')) await rm(path.join(home.folder, entry), { recursive: true });
    }
    log('creating the database cluster');
    await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    if (home.user.uid !== undefined) await chown(passwordFile, home.user.uid, home.user.gid ?? 0);
    const partial = `${dataFolder}.partial`;
    await runInitdb(home, partial, passwordFile, signal);
    // Only a whole cluster gets the name.
    await rename(partial, dataFolder);
  }
  return { dataFolder, password: (await readFile(passwordFile, 'utf8')).trim() };
}

async function runInitdb(
  home: Home,
  target: string,
  passwordFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { exitCode, output } = await runProgram(
    home.binaries.initdb,
    [
      `--pgdata=${target}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      // The same order of texts on every machine, whatever locales it has.
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      // An empty cluster has nothing to lose: should the machine die now, it is made anew. The
      // server itself syncs as ever.
      '--no-sync',
    ],
    { user: home.user, cwd: home.folder, signal },
  );
  if (exitCode !== 0) throw new Error(`initdb failed: ${output.trim()}`);
}
