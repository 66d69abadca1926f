import { randomBytes } from 'node:crypto';
import { AuthTypes, Connector, IpAddressTypes } from '@google-cloud/cloud-sql-connector';
import { GoogleAuth } from 'google-auth-library';
import pg from 'pg';
import { setPostgresPassword } from './set-postgres-password.ts';
import type { StackOutputs } from './stack-outputs.ts';

export interface OpenDatabase {
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

const PASSWORD_BYTES = 32;
const CONNECTION_TIMEOUT_MILLISECONDS = 15_000;
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** The endpoint that gcloud uses, which may be another one for private access to the API. */
function baseUrl(): string {
  return process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_SQL ?? 'https://sqladmin.googleapis.com/';
}

/**
 * Connects to the stack's database as its built-in user postgres, the only one who may create
 * tables and grant rights. The password is new each time and never leaves this process.
 */
export async function openCloudDatabase(outputs: StackOutputs): Promise<OpenDatabase> {
  const auth = new GoogleAuth({ scopes: SCOPE });
  const getToken = async () => (await auth.getAccessToken()) ?? '';
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const { database_connection_name, database_name, database_public_ip } = outputs;
  await setPostgresPassword({ baseUrl: baseUrl(), getToken }, database_connection_name, password);
  const connector = new Connector();
  try {
    const options = await connector.getOptions({
      instanceConnectionName: database_connection_name,
      ipType: database_public_ip ? IpAddressTypes.PUBLIC : IpAddressTypes.PRIVATE,
      authType: AuthTypes.PASSWORD,
    });
    const pool = new pg.Pool({
      ...options,
      user: 'postgres',
      password,
      database: database_name,
      max: 2,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MILLISECONDS,
    });
    return {
      pool,
      async close() {
        await pool.end();
        connector.close();
      },
    };
  } catch (error) {
    connector.close();
    throw error;
  }
}
