import { runProgram, type ServerUser } from './run-program.ts';

/** Accounts that exist on ordinary systems and may do nothing else, the fitting one first. */
const ACCOUNTS = ['postgres', '_postgres', 'nobody'] as const;

/**
 * Who the server runs as. PostgreSQL refuses uid 0, so under root it is an account that is there
 * already; none is ever created.
 * @param uid this process's user, undefined where the system has none (Windows)
 * @throws Error under root when the system has none of the accounts
 */
export async function findServerUser(uid: number | undefined): Promise<ServerUser> {
  if (uid !== 0) return {};
  for (const account of ACCOUNTS) {
    const [user, group] = [await readId('-u', account), await readId('-g', account)];
    if (user !== null && group !== null && user !== 0) return { uid: user, gid: group };
  }
  throw new Error(
    `PostgreSQL does not run as root, and there is no user ${ACCOUNTS.join(', ')} to run it as: start as another user, or set DATABASE_URL to a PostgreSQL of your own`,
  );
}

async function readId(flag: '-u' | '-g', account: string): Promise<number | null> {
  const { exitCode, output } = await runProgram('id', [flag, account]);
  return exitCode === 0 ? Number(output.trim()) : null;
}
