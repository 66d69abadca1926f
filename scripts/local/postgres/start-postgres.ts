import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chooseHome, type Home } from './choose-home.ts';
import { choosePort } from './choose-port.ts';
import { claimDirectory } from './claim-directory.ts';
import { findBinaries } from './find-binaries.ts';
import { findServerUser } from './find-server-user.ts';
import { initializeCluster, SUPERUSER } from './initialize-cluster.ts';
import { findLeftoverServer } from './postmaster-file.ts';
import { type RunningServer, runServer } from './run-server.ts';
import { stopServer } from './stop-server.ts';

export type PostgresOptions = Readonly<{
  /** Where its state lies; made when absent. One process at a time may use it. */
  directory: string;
  log?: (message: string) => void;
  /** Aborts the start; once started, `stop` is the way. */
  signal?: AbortSignal;
}>;

export type Postgres = Readonly<{
  /** The superuser's URL of a database, which need not exist. */
  databaseUrl: (databaseName: string) => string;
  port: number;
  /** Of the server's first process. */
  pid: number;
  /** All that it keeps lies here: the directory, or for root the place `location.txt` names. */
  folder: string;
  /** Stops the server and frees the directory. Calling it again waits for the same end. */
  stop: () => Promise<void>;
}>;

const START_ATTEMPTS = 10;
const RETRY_MILLISECONDS = 200;

/**
 * Starts a PostgreSQL of our own on a free port of the loopback interface. The same directory
 * holds the same data again.
 * @throws Error that says what to do: the directory is in use, no user to run as, …
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { log = () => undefined, signal } = options;
  signal?.throwIfAborted();
  const directory = path.resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const release = await claimDirectory(directory, process.pid);
  try {
    const home = await findHome(directory);
    const { dataFolder, password } = await initializeCluster(home, log, signal);
    const leftover = await findLeftoverServer(dataFolder);
    if (leftover !== null) {
      log(`stopping the server that an earlier process left behind (process ${leftover})`);
      await stopServer(home, dataFolder);
    }
    const { server, port } = await startOnFreePort(home, dataFolder, signal);
    log(`PostgreSQL listens on 127.0.0.1:${port} (process ${server.pid})`);
    return {
      databaseUrl: (databaseName) =>
        `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(databaseName)}`,
      port,
      pid: server.pid,
      folder: home.house,
      stop: createStop(home, dataFolder, server, release, log),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function findHome(directory: string): Promise<Home> {
  const binaries = await findBinaries(process.platform, process.arch);
  const user = await findServerUser(process.getuid?.());
  // /var/tmp first: unlike /tmp it outlives a reboot.
  return chooseHome(directory, binaries, user, ['/var/tmp', tmpdir()]);
}

/** Tries again when somebody takes the port in between, or a dead server's children still end. */
async function startOnFreePort(
  home: Home,
  dataFolder: string,
  signal: AbortSignal | undefined,
): Promise<{ server: RunningServer; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort();
    const server = await runServer(home, dataFolder, port, signal);
    if ('pid' in server) return { server, port };
    if (!server.isPassing || attempt === START_ATTEMPTS) {
      throw new Error(
        `PostgreSQL did not start; delete ${home.house} to begin anew. ${server.reason}`,
      );
    }
    await wait(RETRY_MILLISECONDS);
  }
}

function createStop(
  home: Home,
  dataFolder: string,
  server: RunningServer,
  release: () => Promise<void>,
  log: (message: string) => void,
): () => Promise<void> {
  const state: { stopping?: Promise<void> } = {};
  server.exited.then(() => {
    if (state.stopping === undefined) log(`PostgreSQL has ended by itself: see ${home.folder}`);
  });
  const stop = async (): Promise<void> => {
    await stopServer(home, dataFolder);
    await server.exited;
    await release();
  };
  return () => {
    state.stopping ??= stop();
    return state.stopping;
  };
}
