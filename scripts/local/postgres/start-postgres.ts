import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chooseDataDirectory, type DataDirectory } from './choose-data-directory.ts';
import { choosePort } from './choose-port.ts';
import { claimDirectory } from './claim-directory.ts';
import { findBinaries } from './find-binaries.ts';
import { findServerUser } from './find-server-user.ts';
import { initializeCluster, SUPERUSER } from './initialize-cluster.ts';
import { findLeftoverServer } from './postmaster-file.ts';
import { type RunningServer, runServer } from './run-server.ts';
import { stopServer } from './stop-server.ts';

export interface PostgresOptions {
  /** Holds its state; created if absent. Only one process at a time may use it. */
  readonly directory: string;
  readonly log?: (message: string) => void;
  /** Aborts the start; a server that has started is ended by `stop`. */
  readonly signal?: AbortSignal;
}

export interface Postgres {
  /** The superuser's URL of a database, which need not exist. */
  readonly databaseUrl: (databaseName: string) => string;
  readonly port: number;
  /** The server's main process. */
  readonly pid: number;
  /** The data directory: `directory`, or for root possibly the one that `location.txt` names. */
  readonly folder: string;
  /** Stops the server and frees the directory. A second call waits for the same stop. */
  readonly stop: () => Promise<void>;
}

interface StopOptions {
  readonly dataDirectory: DataDirectory;
  readonly clusterFolder: string;
  readonly server: RunningServer;
  /** Frees the directory. */
  readonly release: () => Promise<void>;
  readonly log: (message: string) => void;
}

const START_ATTEMPTS = 10;
const RETRY_MILLISECONDS = 200;

/**
 * Starts PostgreSQL on a free port of the loopback interface. The next start with the same
 * directory finds the same data.
 *
 * @throws Error that says what to do: the directory is in use, there is no user to run as, …
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { log = () => undefined, signal } = options;
  signal?.throwIfAborted();
  const directory = path.resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const release = await claimDirectory(directory, process.pid);
  try {
    const dataDirectory = await findDataDirectory(directory);
    const cluster = await initializeCluster(dataDirectory, log, signal);
    const leftover = await findLeftoverServer(cluster.folder);
    if (leftover !== null) {
      log(`stopping the server that an earlier process left behind (process ${leftover})`);
      await stopServer(dataDirectory, cluster.folder);
    }
    const { server, port } = await startOnFreePort(dataDirectory, cluster.folder, signal);
    log(`PostgreSQL listens on 127.0.0.1:${port} (process ${server.pid})`);
    return {
      databaseUrl: (databaseName) =>
        `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(databaseName)}`,
      port,
      pid: server.pid,
      folder: dataDirectory.root,
      stop: createStop({ dataDirectory, clusterFolder: cluster.folder, server, release, log }),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function findDataDirectory(directory: string): Promise<DataDirectory> {
  const binaries = await findBinaries(process.platform, process.arch);
  const user = await findServerUser(process.getuid?.());
  // /var/tmp first: unlike /tmp, it survives a reboot.
  return chooseDataDirectory(directory, binaries, user, ['/var/tmp', tmpdir()]);
}

/** Tries again if the port is taken meanwhile, or if a dead server's children are still ending. */
async function startOnFreePort(
  dataDirectory: DataDirectory,
  clusterFolder: string,
  signal: AbortSignal | undefined,
): Promise<{ server: RunningServer; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort();
    const server = await runServer(dataDirectory, clusterFolder, port, signal);
    if ('pid' in server) return { server, port };
    if (!server.isTransient || attempt === START_ATTEMPTS) {
      throw new Error(
        `PostgreSQL did not start; delete ${dataDirectory.root} to start over. ${server.reason}`,
      );
    }
    await wait(RETRY_MILLISECONDS);
  }
}

function createStop(options: StopOptions): () => Promise<void> {
  const { dataDirectory, clusterFolder, server, release, log } = options;
  const state: { stopping?: Promise<void> } = {};
  server.exited.then(() => {
    if (state.stopping === undefined)
      log(`PostgreSQL ended by itself: see ${dataDirectory.serverFolder}`);
  });
  const stop = async (): Promise<void> => {
    await stopServer(dataDirectory, clusterFolder);
    await server.exited;
    await release();
  };
  return () => {
    state.stopping ??= stop();
    return state.stopping;
  };
}
