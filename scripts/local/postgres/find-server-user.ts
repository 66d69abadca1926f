import { runProgram, type ServerUser } from './run-program.ts';

/** Unprivileged accounts that ordinary systems have, in order of preference. */
const ACCOUNTS = ['postgres', '_postgres', 'nobody'] as const;

/**
 * Finds the user to run the server as. PostgreSQL refuses to run as root, so root uses an account
 * that already exists; none is ever created.
 *
 * @param uid this process's user, undefined on Windows
 * @throws Error under root when the system has none of the accounts
 */
export async function findServerUser(uid: number | undefined): Promise<ServerUser> {
  if (uid !== 0) return {};
  for (const account of ACCOUNTS) {
    const [user, group] = [await readId('-u', account), await readId('-g', account)];
    if (user !== null && group !== null && user !== 0) return { uid: user, gid: group };
  }
  throw new Error(
    `PostgreSQL does not run as root, and there is no user ${ACCOUNTS.join(', ')} to run it as: start as another user, or set DATABASE_URL to your own PostgreSQL`,
  );
}

async function readId(flag: '-u' | '-g', account: string): Promise<number | null> {
  const { exitCode, output } = await runProgram('id', [flag, account]);
  return exitCode === 0 ? Number(output.trim()) : null;
}
