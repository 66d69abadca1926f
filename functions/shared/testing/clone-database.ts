import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface ClonedDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
}

/** Creates a migrated database for one test, and drops it when disposed. */
export async function cloneDatabase(): Promise<ClonedDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  await onServer(`create database ${name} template ${inject('templateDatabase')}`);
  return {
    name,
    url: url.href,
    [Symbol.asyncDispose]: () => onServer(`drop database ${name} with (force)`),
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client(inject('databaseUrl'));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
