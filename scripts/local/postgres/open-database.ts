import { migrateUrl } from '../../../sql/migrate-url.ts';
import { createDatabase } from './create-database.ts';
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

/** Opens a migrated database: the one that `url` names, or one on an embedded server. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const database = await findDatabase(options);
  try {
    const applied = await migrateUrl(database.url);
    if (applied.length > 0) options.log(`migrated the database: ${applied.join(', ')}`);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function findDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { directory, name, url, log, warn = log } = options;
  if (url !== undefined) return { url, stop: async () => {} };
  const postgres = await startPostgres({ directory, log, warn });
  try {
    await createDatabase(postgres.databaseUrl('postgres'), name);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return { url: postgres.databaseUrl(name), stop: postgres.stop };
}
