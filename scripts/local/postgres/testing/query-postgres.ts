import pg from 'pg';
import type { Postgres } from '../start-postgres.ts';

/** Runs a statement on a connection of its own, and returns its rows. */
export async function queryPostgres(postgres: Postgres, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client(postgres.databaseUrl('postgres'));
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
