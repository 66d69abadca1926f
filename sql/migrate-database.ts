import { readdir, readFile } from 'node:fs/promises';
import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** Reads a folder's numbered .sql files, one migration each; migrations only go forward. */
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
 * yet. They run in one transaction under a lock, so concurrent callers do not interfere.
 *
 * @returns the names of the applied migrations.
 * @throws Error with the migration's name and PostgreSQL's message; none of the batch is applied.
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
