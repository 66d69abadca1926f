import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { migrateDatabase } from '../../sql/migrate-database.ts';

/** Creates a database on a server of ours unless it is there. */
export async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client(serverUrl);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** Brings a database to the latest migration. @returns the names of those applied. */
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
