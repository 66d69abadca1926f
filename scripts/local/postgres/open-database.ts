import path from 'node:path';
import { migrateUrl } from '../../../sql/migrate-url.ts';
import { readPort } from './choose-port.ts';
import { createDatabase } from './create-database.ts';
import { formatUrl, readPassword } from './initialize-cluster.ts';
import { readLocation } from './secure-data-directory.ts';
import { startPostgres } from './start-postgres.ts';

export interface DatabaseOptions {
  /** Holds the embedded server's state. */
  readonly directory: string;
  /** The database to create on the embedded server. */
  readonly name: string;
  /** An existing database to use instead of an embedded server. */
  readonly url?: string | undefined;
  readonly log: (message: string) => void;
  /** Receives what the user should know of the embedded server even if nothing is logged. */
  readonly warn?: (message: string) => void;
}

export interface OpenDatabase {
  readonly url: string;
  /** Stops the embedded server, if there is one. */
  stop(): Promise<void>;
}

/**
 * Opens a migrated database: the one that `url` names, or one on an embedded server. A `url` that
 * an embedded server of this directory had, in a shell that was told it, starts that server.
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const database = await findDatabase(options);
  try {
    const applied = await migrateUrl(database.url);
    if (applied.length > 0) options.log(`migrated the database: ${applied.join(', ')}`);
    return database;
  } catch (error) {
    await database.stop();
    throw explainUnreachable(error);
  }
}

async function findDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { directory, name, url, log, warn = log } = options;
  if (url !== undefined && !(await isOwnUrl(directory, name, url))) {
    return { url, stop: async () => {} };
  }
  const postgres = await startPostgres({ directory, log, warn });
  try {
    await createDatabase(postgres.databaseUrl('postgres'), name);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return { url: postgres.databaseUrl(name), stop: postgres.stop };
}

/** Whether a URL is the one that the directory's embedded server had last. */
async function isOwnUrl(directory: string, name: string, url: string): Promise<boolean> {
  const root = (await readLocation(directory)) ?? directory;
  const port = await readPort(root);
  const password = await readPassword(path.join(root, 'server')).catch(() => null);
  return port !== null && password !== null && url === formatUrl({ port, password }, name);
}

/** Names the variable that may have led to a server that does not answer. */
function explainUnreachable(error: unknown): unknown {
  if (!(error instanceof Error && error.cause instanceof Error && 'code' in error.cause))
    return error;
  // Errors of the network; PostgreSQL's own have five digits and letters.
  if (!/^E[A-Z]{5,}$/.test(String(error.cause.code))) return error;
  return new Error(
    `${error.message}. DATABASE_URL or --database-url names it: start it, or unset DATABASE_URL to use the embedded PostgreSQL`,
    { cause: error.cause },
  );
}
