import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { FUNCTION_NAMES, type FunctionName } from '../../functions/function-names.ts';

export interface FunctionUsers extends AsyncDisposable {
  readonly names: Readonly<Record<FunctionName, string>>;
  /** The URL of a database with a function's user. */
  urlFor(name: FunctionName, databaseUrl: string): string;
}

/**
 * Creates a login role for each function; disposing drops them with their rights. Roles belong to
 * the whole server, so their names are unique to the call. Like IAM users', they need quoting.
 */
export async function createFunctionUsers(admin: pg.Pool): Promise<FunctionUsers> {
  const id = randomUUID().slice(0, 8);
  const password = randomUUID();
  const names = Object.fromEntries(
    FUNCTION_NAMES.map((name) => [name, `permit-sync-${name}-${id}@"project".iam`]),
  ) as Record<FunctionName, string>;
  const onEach = async (statement: (user: string) => string) => {
    const client = await admin.connect();
    for (const name of Object.values(names)) {
      await client.query(statement(client.escapeIdentifier(name)));
    }
    client.release();
  };
  await onEach((user) => `create role ${user} login password '${password}'`);
  return {
    names,
    urlFor(name, databaseUrl) {
      const url = new URL(databaseUrl);
      url.username = encodeURIComponent(names[name]);
      url.password = password;
      return url.href;
    },
    [Symbol.asyncDispose]: () => onEach((user) => `drop owned by ${user}; drop role ${user}`),
  };
}
