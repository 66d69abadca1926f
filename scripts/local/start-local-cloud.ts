import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, parseConfig } from '../../functions/shared/config.ts';
import { storageOptions } from '../../functions/shared/endpoint.ts';
import { type Alerter, createAlerter } from './alerts/create-alerter.ts';
import { createMailer } from './alerts/create-mailer.ts';
import { type RunningFunctions, startFunctions } from './functions/start-functions.ts';
import { createDataDirectory, keepPrivate } from './keep-private.ts';
import type { LocalCloudOptions } from './local-cloud-options.ts';
import { openWorkflowLog } from './logs/open-workflow-log.ts';
import { parseLogLine } from './logs/parse-log-line.ts';
import { claimDirectory } from './postgres/claim-directory.ts';
import { openDatabase } from './postgres/open-database.ts';
import { ensureTopics } from './pubsub/ensure-topics.ts';
import { settleAll } from './settle-all.ts';
import { type GoogleApis, startGoogleApis } from './start-google-apis.ts';
import { ensureBucket } from './storage/ensure-bucket.ts';
import { createWarpedClock } from './workflows/clock/warped-clock.ts';
import type { WorkflowsFolder } from './workflows-folder/deploy-folder.ts';
import { deployWorkflows } from './workflows-folder/deploy-workflows.ts';
import { watchWorkflows } from './workflows-folder/watch-workflows.ts';

export const PROJECT_ID = 'local-project';
export const WORKFLOW_NAME = 'permit-sync';

const LOCATION = 'northamerica-northeast2';
const BUCKET = 'permit-sync-feeds';
const DATABASE_NAME = 'permits';
const CHUNK_CONCURRENCY = 4;
const WORKFLOWS_DIRECTORY = fileURLToPath(new URL('../../workflows', import.meta.url));

export interface LocalCloud extends GoogleApis {
  readonly databaseUrl: string;
  readonly functions: RunningFunctions;
  /** The functions' configuration, for clients that want to reach the same resources. */
  readonly config: Config;
  readonly logDirectory: string;
}

/**
 * Starts PostgreSQL, the Google APIs and the functions, and deploys the workflows. `stop` ends all
 * of it in reverse order, and so does a failed start.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  await using started = new AsyncDisposableStack();
  const keep = <T extends Stoppable>(starting: Promise<T>) => stopWith(started, starting);
  const { log = () => {} } = options;
  const dataDirectory = resolve(options.dataDirectory);
  const logDirectory = join(dataDirectory, 'logs');
  // claimDirectory says what is wrong with a directory that cannot be made.
  await createDataDirectory(dataDirectory).catch(() => {});
  // First, because the directory may hold the uploads and the server of another live process.
  started.defer(await claimDirectory(dataDirectory, process.pid));
  const workflowLog = await openWorkflowLog(logDirectory);
  started.defer(() => workflowLog.close());
  const alerter = openAlerter(dataDirectory, options);
  started.defer(() => alerter.close());

  const [database, apis] = await settleAll([
    keep(
      openDatabase({
        directory: join(dataDirectory, 'postgres'),
        name: DATABASE_NAME,
        url: options.databaseUrl,
        log,
        warn: options.warn ?? log,
      }),
    ),
    keep(
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
          options.onWorkflowEntry?.(entry);
        },
        ...(options.onUploadProgress && { onUploadProgress: options.onUploadProgress }),
      }),
    ),
  ]);

  // After PostgreSQL has started, whose user may be another.
  started.defer(await keepPrivate(dataDirectory));

  const environment = createEnvironment(apis.endpoint, database.url, options.functionsEnvironment);
  const config = parseConfig(environment);
  const [functions] = await settleAll([
    keep(
      startFunctions({
        environment,
        logDirectory,
        ports: { 'sync-api': options.syncApiPort ?? 0 },
        onLine(name, line) {
          alerter.watch(parseLogLine(line));
          options.onFunctionLine?.(name, line);
        },
      }),
    ),
    ensureBucket(storageOptions(config), BUCKET),
    ensureTopics(apis.pubsubUrl, {
      projectId: PROJECT_ID,
      location: LOCATION,
      workflow: WORKFLOW_NAME,
      workflowsUrl: apis.endpoint,
    }),
  ]);

  const folder: WorkflowsFolder = {
    directory: options.workflowsDirectory ?? WORKFLOWS_DIRECTORY,
    deploy: apis.workflows.deploy,
    envVars: createWorkflowVariables(functions),
  };
  await deployWorkflows(folder, WORKFLOW_NAME, log);
  if (options.watchesWorkflows) started.defer(watchWorkflows(folder, { report: log }));

  const running = started.move();
  return {
    ...apis,
    databaseUrl: database.url,
    functions,
    config,
    logDirectory,
    stop: () => running.disposeAsync(),
  };
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Adds a part to the stack of what has to be stopped as soon as the part has started. */
async function stopWith<T extends Stoppable>(
  stack: AsyncDisposableStack,
  starting: Promise<T>,
): Promise<T> {
  const part = await starting;
  stack.defer(() => part.stop());
  return part;
}

function openAlerter(dataDirectory: string, options: LocalCloudOptions): Alerter {
  const mailer = createMailer({
    directory: join(dataDirectory, 'mail'),
    smtpUrl: options.smtpUrl,
    to: options.alertEmail,
  });
  return createAlerter(PROJECT_ID, mailer, options.onAlert ?? (() => {}));
}

/** The environment variables that the functions read their configuration from. */
function createEnvironment(
  endpoint: string,
  databaseUrl: string,
  others: LocalCloudOptions['functionsEnvironment'],
): Readonly<Record<string, string>> {
  return {
    GOOGLE_CLOUD_PROJECT: PROJECT_ID,
    GOOGLE_API_ENDPOINT: endpoint,
    FEED_BUCKET: BUCKET,
    FEED_ALLOW_LOCAL_FILES: 'true',
    DATABASE_URL: databaseUrl,
    WORKFLOW_LOCATION: LOCATION,
    WORKFLOW_NAME,
    ...others,
  };
}

/** The workflows' user environment variables. */
function createWorkflowVariables(functions: RunningFunctions): Readonly<Record<string, string>> {
  return {
    DOWNLOAD_URL: functions.download.url,
    INGEST_CHUNK_URL: functions['ingest-chunk'].url,
    FINALIZE_URL: functions.finalize.url,
    SNAPSHOT_URL: functions.snapshot.url,
    CHUNK_CONCURRENCY: String(CHUNK_CONCURRENCY),
    COMPLETED_TOPIC: 'sync-completed',
    DEAD_LETTER_TOPIC: 'sync-dead-letter',
  };
}
