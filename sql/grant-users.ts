import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import type { FunctionName } from '../functions/function-names.ts';
import { renderColumns } from '../functions/shared/mapping/render-columns.ts';

const GRANTS = new URL('./grants/', import.meta.url);

/** What PostgreSQL gives to everybody and no function needs. */
const REVOKE_FROM_PUBLIC = `
revoke temporary on database :"DBNAME" from public;
revoke create on schema public from public;
`;

/** Removes rights that a file no longer grants; column rights go with their table's. */
const REVOKE_FROM_USER = `
revoke all on all tables in schema public from :"user";
revoke all on all sequences in schema public from :"user";
revoke all on database :"DBNAME" from :"user";
`;

/**
 * What each of them needs to begin with. PostgreSQL gives both to everybody unless told otherwise.
 */
const ADMIT_USER = `
grant connect on database :"DBNAME" to :"user";
grant usage on schema public to :"user";
`;

/**
 * Gives the database user of each function the rights in `sql/grants/<function>.sql` and no other,
 * all in one transaction; a second time it changes nothing. A file is SQL as psql takes it, where
 * `:"user"` stands for the user and `:"DBNAME"` for the database.
 *
 * The client's user has to own the tables and the database, as the one who migrates does.
 *
 * @throws Error when two functions share a user, since then each would have the other's rights;
 * what PostgreSQL said, as about a user who does not exist: nothing is granted then.
 */
export async function grantUsers(
  client: pg.Client | pg.PoolClient,
  users: Readonly<Record<FunctionName, string>>,
): Promise<void> {
  if (new Set(Object.values(users)).size < Object.keys(users).length) {
    throw new Error('Two functions share a database user; each needs its own');
  }
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const database = client.escapeIdentifier(rows[0]?.name ?? '');
  const run = (text: string, user = '') =>
    client.query(
      renderColumns(text)
        .replaceAll(':"DBNAME"', () => database)
        .replaceAll(':"user"', () => client.escapeIdentifier(user)),
    );
  await client.query('begin');
  try {
    await run(REVOKE_FROM_PUBLIC);
    for (const [name, user] of Object.entries(users)) {
      await run(REVOKE_FROM_USER + ADMIT_USER, user);
      await run(await readFile(new URL(`${name}.sql`, GRANTS), 'utf8'), user);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
