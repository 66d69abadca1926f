import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Home } from './choose-home.ts';
import { guardServer } from './guard-server.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { SERVER_ENVIRONMENT } from './run-program.ts';

/** Loopback only, and room for a day's feed; everything else, durability too, as PostgreSQL has it. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'timezone=UTC',
  'log_timezone=UTC',
  'shared_buffers=256MB',
  'max_wal_size=2GB',
] as const;

const READY_POLL_MILLISECONDS = 15;

/** A server that answers; `exited` settles when its process has ended, whatever ended it. */
export type RunningServer = Readonly<{ pid: number; exited: Promise<void> }>;

/** Why a server did not come up. `isPassing`: another try, maybe on another port, can succeed. */
export type FailedStart = Readonly<{ reason: string; isPassing: boolean }>;

/**
 * Starts the server on a port and waits until it takes connections. What it says goes to
 * `server.log` in its home, one start at a time.
 */
export async function runServer(
  home: Home,
  dataFolder: string,
  port: number,
  signal: AbortSignal | undefined,
): Promise<RunningServer | FailedStart> {
  const logFile = path.join(home.folder, 'server.log');
  const log = await open(logFile, 'w', 0o600);
  const child = spawn(
    home.binaries.postgres,
    ['-D', dataFolder, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])],
    {
      ...home.user,
      cwd: home.folder,
      env: { ...SERVER_ENVIRONMENT },
      // A group of its own: Ctrl-C in the terminal is for the owner, who then stops the server.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await once(child, 'spawn');
  } finally {
    await log.close();
  }
  const dismissGuard = guardServer(child.pid ?? 0, home.user);
  exited.then(dismissGuard);

  while (child.exitCode === null && child.signalCode === null) {
    if (signal?.aborted) return abandon(child, exited, signal);
    const facts = await readPostmasterFile(dataFolder);
    if (facts?.isReady && facts.pid === child.pid) return { pid: facts.pid, exited };
    await wait(READY_POLL_MILLISECONDS);
  }
  return explainExit(await readFile(logFile, 'utf8'));
}

async function abandon(
  child: ChildProcess,
  exited: Promise<void>,
  signal: AbortSignal,
): Promise<never> {
  child.kill('SIGQUIT');
  await exited;
  throw signal.reason;
}

/** English, since the server runs with LC_ALL=C. */
function explainExit(said: string): FailedStart {
  const reason = said
    .split('\n')
    .filter((line) => /FATAL|HINT|DETAIL|could not/.test(line))
    .join('\n');
  const isPassing = /Address already in use|shared memory block .* is still in use/.test(said);
  return { reason: reason === '' ? said.trim() : reason, isPassing };
}
