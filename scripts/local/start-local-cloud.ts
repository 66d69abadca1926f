import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Storage } from '@google-cloud/storage';
import type { FunctionName } from '../../functions/function-names.ts';
import type { Config } from '../../functions/shared/config.ts';
import { parseConfig } from '../../functions/shared/config.ts';
import { storageOptions } from '../../functions/shared/endpoint.ts';
import { migrateUrl } from '../../sql/migrate-url.ts';
import { createAlerter } from './alerts/create-alerter.ts';
import { createMailer } from './alerts/create-mailer.ts';
import { type RunningFunctions, startFunctions } from './functions/start-functions.ts';
import { openWorkflowLog } from './logs/open-workflow-log.ts';
import { parseLogLine } from './logs/parse-log-line.ts';
import { claimDirectory } from './postgres/claim-directory.ts';
import { createDatabase } from './postgres/create-database.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { ensureTopics } from './pubsub/ensure-topics.ts';
import { type GoogleApis, startGoogleApis } from './start-google-apis.ts';
import { createWarpedClock } from './workflows/clock/warped-clock.ts';
import type { LogEntry } from './workflows/service/log-entry.ts';
import {
  deployFolder,
  describeRefusal,
  type WorkflowsFolder,
} from './workflows-folder/deploy-folder.ts';
import { watchWorkflows } from './workflows-folder/watch-workflows.ts';

export const PROJECT_ID = 'local-project';
export const WORKFLOW_NAME = 'permit-sync';

const LOCATION = 'northamerica-northeast2';
const BUCKET = 'permit-sync-feeds';
const DATABASE_NAME = 'permits';
const CHUNK_CONCURRENCY = 4;
const WORKFLOWS_DIRECTORY = fileURLToPath(new URL('../../workflows', import.meta.url));

export interface LocalCloudOptions {
  /** Everything that is kept lies here. */
  readonly dataDirectory: string;
  /** A PostgreSQL of one's own instead of the embedded one. */
  readonly databaseUrl?: string | undefined;
  /** Configuration of the functions that differs from its defaults, such as CKAN_BASE_URL. */
  readonly functionsEnvironment?: Readonly<Record<string, string>>;
  readonly cloudPort?: number;
  /** `host:port` of Google's own Pub/Sub emulator, in place of ours. */
  readonly pubsubHost?: string | undefined;
  readonly syncApiPort?: number;
  readonly timeWarp?: number;
  /** Its workflows are deployed. Default: the project's. */
  readonly workflowsDirectory?: string;
  /** Deploys a workflow again when its file changes. */
  readonly watchesWorkflows?: boolean;
  readonly log?: (message: string) => void;
  /** Every line that a function logs. */
  readonly onFunctionLine?: (name: FunctionName, line: string) => void;
  /** Everything that workflows log, and the service about them. */
  readonly onWorkflowEntry?: (entry: LogEntry) => void;
  /** Where alerts are mailed; without it they become files in the data directory. */
  readonly smtpUrl?: string | undefined;
  readonly alertEmail?: string | undefined;
  /** Says for people where an alert went. */
  readonly onAlert?: (text: string) => void;
  /** Bytes of the feed object stored so far. */
  readonly onUploadProgress?: (bytesReceived: number) => void;
}

export interface LocalCloud extends GoogleApis {
  readonly databaseUrl: string;
  readonly functions: RunningFunctions;
  /** The functions' configuration, for clients that want to reach the same things. */
  readonly config: Config;
  readonly logDirectory: string;
}

type Stop = () => Promise<void>;

/**
 * Starts PostgreSQL, the Google APIs and the functions, and deploys the workflow. `stop` ends
 * everything that was started, last things first; so does a failure on the way.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const stops: Stop[] = [];
  const stop: Stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    return await start(options, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Like Promise.all, but waits for every one, so that all that has been started can be stopped. */
const settleAll: typeof Promise.all = async (tasks: Iterable<unknown>) => {
  const started = [...tasks];
  await Promise.allSettled(started);
  return Promise.all(started);
};

async function start(options: LocalCloudOptions, stops: Stop[], stop: Stop) {
  const { log = () => {}, onUploadProgress, onFunctionLine, onWorkflowEntry } = options;
  const dataDirectory = resolve(options.dataDirectory);
  const logDirectory = join(dataDirectory, 'logs');
  await mkdir(dataDirectory, { recursive: true });
  // Before anything is touched: what else uses this directory keeps its uploads and its server.
  stops.push(await claimDirectory(dataDirectory, process.pid));
  const workflowLog = await openWorkflowLog(logDirectory);
  stops.push(workflowLog.close);
  const mailer = createMailer({
    directory: join(dataDirectory, 'mail'),
    smtpUrl: options.smtpUrl,
    to: options.alertEmail,
  });
  const alerter = createAlerter(PROJECT_ID, mailer, options.onAlert ?? (() => {}));
  stops.push(alerter.close);

  const [databaseUrl, apis] = await settleAll([
    startDatabase(options, dataDirectory, stops),
    startGoogleApis({
      directory: dataDirectory,
      projectId: PROJECT_ID,
      location: LOCATION,
      port: options.cloudPort ?? 0,
      pubsubUrl: options.pubsubHost && `http://${options.pubsubHost}`,
      clock: createWarpedClock(options.timeWarp ?? 1),
      log,
      onWorkflowLog(entry) {
        workflowLog.write(entry);
        alerter.watch(entry.jsonPayload);
        onWorkflowEntry?.(entry);
      },
      ...(onUploadProgress && { onUploadProgress }),
    }).then((started) => {
      stops.push(started.stop);
      return started;
    }),
  ]);
  const environment = {
    GOOGLE_CLOUD_PROJECT: PROJECT_ID,
    GOOGLE_API_ENDPOINT: apis.endpoint,
    FEED_BUCKET: BUCKET,
    FEED_ALLOW_LOCAL_FILES: 'true',
    DATABASE_URL: databaseUrl,
    WORKFLOW_LOCATION: LOCATION,
    WORKFLOW_NAME,
    ...options.functionsEnvironment,
  };
  const config = parseConfig(environment);
  const [functions] = await settleAll([
    startFunctions({
      environment,
      logDirectory,
      ports: { 'sync-api': options.syncApiPort ?? 0 },
      onLine(name, line) {
        alerter.watch(parseLogLine(line));
        onFunctionLine?.(name, line);
      },
    }),
    ensureBucket(config),
    ensureTopics(apis.pubsubUrl, {
      projectId: PROJECT_ID,
      location: LOCATION,
      workflow: WORKFLOW_NAME,
      workflowsUrl: apis.endpoint,
    }),
  ]);
  stops.push(functions.stop);
  const folder = describeFolder(options, apis, functions);
  await deployWorkflows(folder, log);
  if (options.watchesWorkflows) {
    const stopWatching = watchWorkflows(folder, { report: log });
    stops.push(async () => stopWatching());
  }
  return { ...apis, databaseUrl, functions, config, logDirectory, stop };
}

async function startDatabase(
  { databaseUrl, log = () => {} }: LocalCloudOptions,
  dataDirectory: string,
  stops: Stop[],
): Promise<string> {
  let url = databaseUrl;
  if (url === undefined) {
    const postgres = await startPostgres({ directory: join(dataDirectory, 'postgres'), log });
    stops.push(postgres.stop);
    await createDatabase(postgres.databaseUrl('postgres'), DATABASE_NAME);
    url = postgres.databaseUrl(DATABASE_NAME);
  }
  const applied = await migrateUrl(url);
  if (applied.length > 0) log(`migrated the database: ${applied.join(', ')}`);
  return url;
}

async function ensureBucket(config: Config): Promise<void> {
  const bucket = new Storage(storageOptions(config)).bucket(BUCKET);
  const [exists] = await bucket.exists();
  if (!exists) await bucket.create();
}

function describeFolder(
  { workflowsDirectory = WORKFLOWS_DIRECTORY }: LocalCloudOptions,
  { workflows }: GoogleApis,
  functions: RunningFunctions,
): WorkflowsFolder {
  return {
    directory: workflowsDirectory,
    deploy: workflows.deploy,
    envVars: {
      DOWNLOAD_URL: functions.download.url,
      INGEST_CHUNK_URL: functions['ingest-chunk'].url,
      FINALIZE_URL: functions.finalize.url,
      SNAPSHOT_URL: functions.snapshot.url,
      CHUNK_CONCURRENCY: String(CHUNK_CONCURRENCY),
      COMPLETED_TOPIC: 'sync-completed',
      DEAD_LETTER_TOPIC: 'sync-dead-letter',
    },
  };
}

/** Without the sync's own workflow there is nothing to start; another bad one is only reported. */
async function deployWorkflows(
  folder: WorkflowsFolder,
  log: (message: string) => void,
): Promise<void> {
  for (const [name, error] of await deployFolder(folder)) {
    const message = `${name} is refused: ${describeRefusal(error)}`;
    if (name.startsWith(`${WORKFLOW_NAME}.`)) throw new Error(message, { cause: error });
    log(message);
  }
}
