import { spawn } from 'node:child_process';

/** Who a program runs as; nothing for this process's own user. */
export type ServerUser = Readonly<{ uid?: number; gid?: number }>;

export type ProgramResult = Readonly<{ exitCode: number | null; output: string }>;

export type ProgramOptions = Readonly<{
  user?: ServerUser;
  /** A folder that the user can enter; PostgreSQL's programs refuse to start elsewhere. */
  cwd?: string;
  signal?: AbortSignal | undefined;
}>;

/**
 * What PostgreSQL's programs may see of the environment: English messages, and none of the PG…
 * variables that would steer them elsewhere.
 */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  TZ: 'UTC',
};

/**
 * Runs a program to its end and collects what it says on both streams.
 * @throws the spawn error (ENOENT, EACCES), or an AbortError after killing it on `signal`
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { user = {}, cwd = '/', signal }: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...user,
      cwd,
      env: { ...SERVER_ENVIRONMENT },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    const pieces: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
    }
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output: pieces.join('') }));
  });
}
