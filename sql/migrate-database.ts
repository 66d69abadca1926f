import { readdir, readFile } from 'node:fs/promises';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** The numbered .sql files of a folder, each one migration; there is no way back down. */
async function readMigrations(folder: URL): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql'));
  const migrations = files.map(async (file) => {
    const text = await readFile(new URL(file, folder), 'utf8');
    const migration: Migration = {
      up: async (db) => {
        await sql.raw(text).execute(db);
      },
    };
    return [file.slice(0, -'.sql'.length), migration] as const;
  });
  return Object.fromEntries(await Promise.all(migrations));
}

/**
 * Applies the migrations of `folder` (a URL that ends in a slash) that the database does not have
 * yet, all in one transaction and under a lock, so that two callers at once do not disturb each
 * other.
 *
 * @returns the names of those applied.
 * @throws what PostgreSQL said, with the migration's name; nothing of the batch is applied then.
 */
export async function migrateDatabase<T>(
  db: Kysely<T>,
  folder: URL = MIGRATIONS,
): Promise<readonly string[]> {
  const provider: MigrationProvider = { getMigrations: () => readMigrations(folder) };
  const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest();
  if (error === undefined) return results.map(({ migrationName }) => migrationName);
  const failed = results.find(({ status }) => status === 'Error');
  const reason = error instanceof Error ? error.message : String(error);
  throw new Error(`Migration ${failed?.migrationName ?? 'failed'}: ${reason}`, { cause: error });
}
