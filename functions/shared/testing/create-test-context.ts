import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Config, parseConfig } from '../config.ts';
import { type Context, createContext } from '../context.ts';
import type { Log, LogEvent } from '../log.ts';

export interface TestContext extends Context, AsyncDisposable {
  /** Every event logged so far, with its severity and message. */
  readonly events: readonly ({ readonly severity: string; readonly message: string } & LogEvent)[];
}

/** A context with a database and a bucket of its own; `overrides` are environment variables. */
export const createTestContext = async (
  overrides: Readonly<Record<string, string>> = {},
): Promise<TestContext> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const databaseUrl = new URL(inject('databaseUrl'));
  await onServer((client) =>
    client.query(`create database ${name} template ${inject('templateDatabase')}`),
  );
  databaseUrl.pathname = `/${name}`;
  const config: Config = parseConfig({
    GOOGLE_CLOUD_PROJECT: 'test-project',
    FEED_BUCKET: name,
    DATABASE_URL: databaseUrl.href,
    FEED_ALLOW_LOCAL_FILES: 'true',
    GOOGLE_API_ENDPOINT: inject('googleApiEndpoint'),
    ...overrides,
  });
  const events: ({ severity: string; message: string } & LogEvent)[] = [];
  const log: Log = (severity, message, event) => events.push({ severity, message, ...event });
  const context = await createContext(config, log);
  await context.bucket.create();
  return {
    ...context,
    events,
    async [Symbol.asyncDispose]() {
      const { idleCount, totalCount } = context.pool;
      await context.db.destroy();
      await onServer((client) => client.query(`drop database ${name} with (force)`));
      if (idleCount !== totalCount) {
        throw new Error(`${totalCount - idleCount} database connections were not released`);
      }
    },
  };
};

const onServer = async (work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const client = new pg.Client(inject('databaseUrl'));
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};
