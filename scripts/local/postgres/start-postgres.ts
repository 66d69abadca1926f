import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chooseDataDirectory, type DataDirectory } from './choose-data-directory.ts';
import { keepPort } from './choose-port.ts';
import { claimDirectory } from './claim-directory.ts';
import { findBinaries } from './find-binaries.ts';
import { findServerUser } from './find-server-user.ts';
import { formatUrl, initializeCluster } from './initialize-cluster.ts';
import { findLeftoverServer, removePostmasterFile } from './postmaster-file.ts';
import { type FailedStart, type RunningServer, runServer } from './run-server.ts';
import { stopServer } from './stop-server.ts';

export interface PostgresOptions {
  /** Holds its state; created if absent. Only one process at a time may use it. */
  readonly directory: string;
  readonly log?: (message: string) => void;
  /** Receives what the user should know even if nothing else is shown. Default: `log`. */
  readonly warn?: (message: string) => void;
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

/** Where data lies that the server's user could not reach; /var/tmp first, it survives a reboot. */
const TEMPORARY_FOLDERS: readonly string[] = ['/var/tmp', tmpdir()];

/** With the pauses between them, half a minute: as long as a server may take to end. */
const START_ATTEMPTS = 100;
const RETRY_MILLISECONDS = 200;

/**
 * Starts PostgreSQL on the loopback interface. The next start with the same directory finds the
 * same data, on the same port if that is free.
 *
 * @throws Error that says what to do: the directory is in use, there is no user to run as, …
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { log = () => undefined, warn = log, signal } = options;
  signal?.throwIfAborted();
  const directory = path.resolve(options.directory);
  await using claims = new AsyncDisposableStack();
  claims.defer(await claimDirectory(directory, process.pid));
  const dataDirectory = await findDataDirectory(directory, warn);
  const { root } = dataDirectory;
  // A copy of `directory` may have been made its owner meanwhile.
  if (root !== directory) claims.defer(await claimDirectory(root, process.pid));
  const cluster = await initializeCluster(dataDirectory, log, signal);
  const { server, port } = await startOnPort(dataDirectory, cluster.folder, { log, warn, signal });
  log(`PostgreSQL listens on 127.0.0.1:${port} (process ${server.pid})`);
  const held = claims.move();
  return {
    databaseUrl: (databaseName) => formatUrl({ port, password: cluster.password }, databaseName),
    port,
    pid: server.pid,
    folder: root,
    stop: createStop({
      dataDirectory,
      clusterFolder: cluster.folder,
      server,
      release: () => held.disposeAsync(),
      log,
    }),
  };
}

async function findDataDirectory(
  directory: string,
  warn: (message: string) => void,
): Promise<DataDirectory> {
  const binaries = await findBinaries(process.platform, process.arch);
  const user = await findServerUser(process.getuid?.());
  return chooseDataDirectory({
    directory,
    binaries,
    user,
    temporaryFolders: TEMPORARY_FOLDERS,
    warn,
  });
}

interface StartOptions {
  readonly log: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Tries again while another process still holds the cluster, or has taken the port meanwhile. */
async function startOnPort(
  dataDirectory: DataDirectory,
  clusterFolder: string,
  { log, warn, signal }: StartOptions,
): Promise<{ server: RunningServer; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const leftover = await findLeftoverServer(clusterFolder);
    if (leftover !== null) {
      log(`stopping the server that an earlier process left behind (process ${leftover})`);
      await stopServer(dataDirectory, clusterFolder);
    }
    const port = await keepPort(dataDirectory.root, warn);
    const server = await runServer(dataDirectory, clusterFolder, port, signal);
    if ('pid' in server) return { server, port };
    if (!server.isTransient || attempt === START_ATTEMPTS) {
      throw new Error(explainFailure(server, dataDirectory));
    }
    if (attempt === 1) log(`PostgreSQL cannot start yet, trying again: ${server.reason}`);
    await wait(RETRY_MILLISECONDS, undefined, { signal });
    // Whoever was writing it has had time to: a crash left it.
    if (attempt > 1 && server.isUnreadableLock) await removePostmasterFile(clusterFolder);
  }
}

/** No advice to delete anything: what keeps a server from starting often passes. */
function explainFailure(
  { reason, isTransient }: FailedStart,
  { serverFolder }: DataDirectory,
): string {
  const advice = isTransient
    ? 'Start again once that process has ended.'
    : 'The data is kept. To work with a new database meanwhile, name another directory with --data-dir.';
  return `PostgreSQL did not start: ${reason}\n${advice} The whole log: ${path.join(serverFolder, 'server.log')}`;
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
