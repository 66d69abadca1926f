import { inject } from 'vitest';
import { type Config, parseConfig } from '../config.ts';
import { type Context, createContext } from '../context.ts';
import type { Log, LogEvent } from '../log.ts';
import { cloneDatabase } from './clone-database.ts';

export interface TestContext extends Context, AsyncDisposable {
  /** Every event logged so far, with its severity and message. */
  readonly events: readonly ({ readonly severity: string; readonly message: string } & LogEvent)[];
}

/** Creates a context with its own database and bucket; `overrides` are environment variables. */
export async function createTestContext(
  overrides: Readonly<Record<string, string>> = {},
): Promise<TestContext> {
  const database = await cloneDatabase();
  const config: Config = parseConfig({
    GOOGLE_CLOUD_PROJECT: 'test-project',
    FEED_BUCKET: database.name,
    DATABASE_URL: database.url,
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
      await database[Symbol.asyncDispose]();
      if (idleCount !== totalCount) {
        throw new Error(`${totalCount - idleCount} database connections were not released`);
      }
    },
  };
}
