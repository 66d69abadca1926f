import type { Bucket } from '@google-cloud/storage';
import { Storage } from '@google-cloud/storage';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Config } from './config.ts';
import { createKysely, createPool } from './database.ts';
import { storageOptions } from './endpoint.ts';
import type { Log } from './log.ts';
import type { Database } from './schema.ts';

/** The resources of a function, created once per process. */
export interface Context {
  readonly config: Config;
  readonly log: Log;
  readonly pool: pg.Pool;
  readonly db: Kysely<Database>;
  readonly bucket: Bucket;
}

/** Creates the context of a process; nothing connects before its first use. */
export async function createContext(config: Config, log: Log): Promise<Context> {
  const pool = await createPool(config);
  const bucket = new Storage(storageOptions(config)).bucket(config.FEED_BUCKET);
  return { config, log, pool, db: createKysely(pool), bucket };
}
