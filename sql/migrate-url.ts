import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { migrateDatabase } from './migrate-database.ts';

/** Brings a database to the latest migration. @returns the names of the applied migrations. */
export async function migrateUrl(databaseUrl: string): Promise<readonly string[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await pool.query('select').catch((cause: Error) => {
      const { host } = new URL(databaseUrl);
      throw new Error(`The database at ${host} cannot be used: ${cause.message}`, { cause });
    });
    return await migrateDatabase(db);
  } finally {
    await db.destroy();
  }
}
