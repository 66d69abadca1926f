import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Config } from './config.ts';
import { isRetryAtOnce } from './errors.ts';
import type { Database } from './schema.ts';

const CONNECTION_TIMEOUT_MS = 10_000;
const TRANSACTION_ATTEMPTS = 5;

/**
 * Reads bigint as a number, because ids, byte offsets and milliseconds are below 2^53; dates as
 * text.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : oid === pg.types.builtins.DATE
        ? String
        : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

async function cloudSqlOptions(config: Config): Promise<pg.PoolConfig> {
  // Loaded here, because a function with DATABASE_URL does not need it.
  const { AuthTypes, Connector, IpAddressTypes } = await import(
    '@google-cloud/cloud-sql-connector'
  );
  const { CLOUD_SQL_INSTANCE: instance, DATABASE_USER: user, DATABASE_NAME: database } = config;
  const connection = await new Connector().getOptions({
    instanceConnectionName: instance ?? '',
    ipType: IpAddressTypes.PRIVATE,
    authType: AuthTypes.IAM,
  });
  return { ...connection, user, database };
}

/** Creates a pool of at most DATABASE_POOL_SIZE connections, which connects at its first use. */
export async function createPool(config: Config): Promise<pg.Pool> {
  const connection = config.DATABASE_URL
    ? { connectionString: config.DATABASE_URL }
    : await cloudSqlOptions(config);
  const pool = new pg.Pool({
    ...connection,
    types,
    max: config.DATABASE_POOL_SIZE,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    application_name: 'permit-sync',
  });
  // Without listeners, a broken connection would end the process. If idle, it is replaced at the
  // next query; if in use, the current or next query fails.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Creates a Kysely instance over the same pool. */
export function createKysely(pool: pg.Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/**
 * Runs `work` in one transaction and returns its result; an error rolls the transaction back. After
 * a deadlock or serialization failure it is tried again at once, up to five times in all.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      // The pool must drop a connection that cannot roll back.
      const broken = await client.query('rollback').then(
        () => false,
        () => true,
      );
      client.release(broken);
      if (!isRetryAtOnce(error) || attempt === TRANSACTION_ATTEMPTS) throw error;
    }
  }
}
