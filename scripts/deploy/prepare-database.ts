import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { grantUsers } from '../../sql/grant-users.ts';
import { migrateDatabase } from '../../sql/migrate-database.ts';
import type { OpenDatabase } from './open-cloud-database.ts';
import type { StackOutputs } from './stack-outputs.ts';

/** Connects through the operator's tunnel, otherwise through the Cloud SQL connector. */
export async function openDatabase(
  outputs: StackOutputs,
  databaseUrl: string | undefined,
): Promise<OpenDatabase> {
  if (databaseUrl === undefined) {
    // Loaded only when it is needed: it takes a second.
    const { openCloudDatabase } = await import('./open-cloud-database.ts');
    return openCloudDatabase(outputs);
  }
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  return { pool, close: () => pool.end() };
}

/** Brings the database to the latest migration. @returns the names of the applied migrations. */
export function migrate({ pool }: OpenDatabase): Promise<readonly string[]> {
  return migrateDatabase(new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }));
}

/** Gives each function's user its rights. */
export async function grant(
  { pool }: OpenDatabase,
  { database_users }: StackOutputs,
): Promise<void> {
  const client = await pool.connect();
  try {
    await grantUsers(client, database_users);
  } finally {
    client.release();
  }
}
