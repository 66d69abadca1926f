import { spawn } from 'node:child_process';

/** The user to run a program as; empty for this process's own user. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly output: string;
}

export interface ProgramOptions {
  readonly user?: ServerUser;
  /** A folder that the user can enter; PostgreSQL's programs refuse to start elsewhere. */
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The environment of PostgreSQL's programs. It gives English messages and leaves out PG… variables,
 * which would point the programs elsewhere.
 */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  TZ: 'UTC',
};

/**
 * Settings for initdb and the server that keep shared memory out of `/dev/shm` on Linux: containers
 * often have only a little there, and a server that starts may fail in a parallel query.
 */
export const MEMORY_SETTINGS: readonly string[] =
  process.platform === 'linux' ? ['dynamic_shared_memory_type=sysv'] : [];

/**
 * Runs a program to its end and collects the output of both streams.
 *
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
