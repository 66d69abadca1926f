import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DataDirectory } from './choose-data-directory.ts';
import { guardServer } from './guard-server.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { MEMORY_SETTINGS, SERVER_ENVIRONMENT } from './run-program.ts';

/**
 * Loopback only, with room for a day's feed; the rest, including durability, is PostgreSQL's
 * default.
 */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'timezone=UTC',
  'log_timezone=UTC',
  'shared_buffers=256MB',
  'max_wal_size=2GB',
  ...MEMORY_SETTINGS,
] as const;

const READY_POLL_MILLISECONDS = 15;

/** A server that takes connections. */
export interface RunningServer {
  readonly pid: number;
  /** Settles when its process has ended, for whatever reason. */
  readonly exited: Promise<void>;
}

/** Why a server did not start. */
export interface FailedStart {
  readonly reason: string;
  /** Whether another attempt can succeed, perhaps on another port. */
  readonly isTransient: boolean;
  /** Whether there is a pid file that names no process. */
  readonly isUnreadableLock: boolean;
}

/**
 * Starts the server on a port and waits until it takes connections. Its output replaces
 * `server.log` in the data directory.
 */
export async function runServer(
  dataDirectory: DataDirectory,
  clusterFolder: string,
  port: number,
  signal: AbortSignal | undefined,
): Promise<RunningServer | FailedStart> {
  const { binaries, serverFolder, user } = dataDirectory;
  const logFile = path.join(serverFolder, 'server.log');
  const log = await open(logFile, 'w', 0o600);
  const child = spawn(
    binaries.postgres,
    ['-D', clusterFolder, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])],
    {
      ...user,
      cwd: serverFolder,
      env: { ...SERVER_ENVIRONMENT },
      // Its own process group: Ctrl-C in the terminal reaches the owner, which then stops the
      // server.
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
  const dismissGuard = guardServer(child.pid ?? 0, user);
  exited.then(dismissGuard);

  while (child.exitCode === null && child.signalCode === null) {
    if (signal?.aborted) return abandon(child, exited, signal);
    const facts = await readPostmasterFile(clusterFolder);
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

/** Another process has the cluster or the port; that passes. */
const TAKEN =
  /Address already in use|shared memory block .* is still in use|lock file ".*" already exists/;
const UNREADABLE_LOCK = /lock file ".*" is empty|bogus data in lock file/;

/** Reads the server's output, which is English because it runs with LC_ALL=C. */
function explainExit(output: string): FailedStart {
  const reason = output
    .split('\n')
    .filter((line) => /FATAL|HINT|DETAIL|could not/.test(line))
    .map((line) => line.replace(/^\d{4}-.*? \[\d+\] (\w+): +/, '$1: '))
    .join('\n');
  const isUnreadableLock = UNREADABLE_LOCK.test(output);
  return {
    reason: reason === '' ? output.trim() : reason,
    isTransient: TAKEN.test(output) || isUnreadableLock,
    isUnreadableLock,
  };
}
