import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Storage } from '@google-cloud/storage';
import pg from 'pg';
import { storageOptions } from '../../functions/shared/endpoint.ts';
import type { FeedRecord } from '../../functions/shared/testing/permit-record.ts';
import { migrateUrl } from '../../sql/migrate-url.ts';
import { startFunction } from '../local/functions/start-function.ts';
import { createDatabase } from '../local/postgres/create-database.ts';
import { type Postgres, startPostgres } from '../local/postgres/start-postgres.ts';
import { ensureTopics } from '../local/pubsub/ensure-topics.ts';
import { startGoogleApis } from '../local/start-google-apis.ts';
import { createVirtualClock } from '../local/workflows/clock/virtual-clock.ts';
import type { Execution } from '../local/workflows/service/execution.ts';
import { type DeadLetter, openDeadLetterQueue } from '../shared/dead-letter-queue.ts';
import { startDatabaseProxy } from './database-proxy.ts';
import { createFaultInjector, type Fault } from './fault-injector.ts';
import { startFeedPortal } from './feed-portal.ts';
import { startFunctionProxy } from './function-proxy.ts';
import { type Moment, STEPS, type Step } from './points.ts';
import { createRestartable, type Restartable } from './restartable.ts';

const PROJECT = 'chaos';
const LOCATION = 'northamerica-northeast2';
const WORKFLOW = 'permit-sync';
const BUCKET = 'chaos-feeds';
const DATABASE = 'permits';
/** Small, so a small feed has several chunks. */
const CHUNK_RECORDS = 10;
const MOST_LETTERS = 10;

const WORKFLOW_SOURCE = new URL('../../workflows/permit-sync.yaml', import.meta.url);

export interface ChaosCloud {
  /** Syncs a feed, or does what the argument says, while the faults are injected. */
  sync(
    feed: readonly FeedRecord[],
    faults: readonly Fault[],
    argument?: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly execution: Execution; readonly occurred: number }>;
  /** Takes the dead letters off their topic. */
  takeLetters(): Promise<readonly DeadLetter[]>;
  /** Queries the database directly, past the proxies. */
  query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>;
  stop(): Promise<void>;
}

/**
 * Starts the real workflow on the engine with a virtual clock, the functions and PostgreSQL in
 * processes that can be killed, and proxies between them through which faults are injected.
 */
export async function startChaosCloud(directory: string): Promise<ChaosCloud> {
  const database = createDatabaseServer(join(directory, 'postgres'));
  const databaseUrl = async () => (await database.current()).databaseUrl(DATABASE);
  const server = await database.current();
  await createDatabase(server.databaseUrl('postgres'), DATABASE);
  await migrateUrl(await databaseUrl());

  const apis = await startGoogleApis({
    directory,
    projectId: PROJECT,
    location: LOCATION,
    port: 0,
    clock: createVirtualClock(),
    log: () => {},
  });
  const google = { GOOGLE_CLOUD_PROJECT: PROJECT, GOOGLE_API_ENDPOINT: apis.endpoint };
  await new Storage(storageOptions(google)).bucket(BUCKET).create();
  await ensureTopics(apis.endpoint, {
    projectId: PROJECT,
    location: LOCATION,
    workflow: WORKFLOW,
    workflowsUrl: apis.endpoint,
  });

  const queue = openDeadLetterQueue({ project: PROJECT, endpoint: apis.endpoint });
  const injector = createFaultInjector(database);
  const portal = await startFeedPortal(() => injector.watch('download', { kind: 'half-sent' }));
  const environment = {
    ...google,
    FEED_BUCKET: BUCKET,
    FEED_ALLOWED_HOSTS: portal.url,
    CHUNK_RECORDS: String(CHUNK_RECORDS),
    MAX_REJECTED_PERCENT: '100',
    WORKFLOW_LOCATION: LOCATION,
    WORKFLOW_NAME: WORKFLOW,
  };
  const startStep = async (step: Step) => {
    const watch = (moment: Moment) => injector.watch(step, moment);
    const databaseProxy = await startDatabaseProxy(databaseUrl, watch);
    const options = {
      environment: { ...environment, DATABASE_URL: databaseProxy.url },
      logDirectory: join(directory, 'logs'),
    };
    const process = createRestartable(
      () => startFunction(step, options),
      (running) => running.kill(),
    );
    const functionProxy = await startFunctionProxy(async () => {
      await database.current();
      return (await process.current()).url;
    });
    return { step, process, databaseProxy, functionProxy };
  };
  const targets = await Promise.all(STEPS.map(startStep));
  for (const target of targets) injector.add(target.step, target);
  const urls = Object.fromEntries(
    targets.map(({ step, functionProxy }) => [
      `${step.toUpperCase().replace('-', '_')}_URL`,
      functionProxy.url,
    ]),
  );
  apis.workflows.deploy({
    workflowId: WORKFLOW,
    source: await readFile(WORKFLOW_SOURCE, 'utf8'),
    envVars: {
      ...urls,
      CHUNK_CONCURRENCY: '4',
      COMPLETED_TOPIC: 'sync-completed',
      DEAD_LETTER_TOPIC: 'sync-dead-letter',
    },
  });

  return {
    // A random feed may be of any size, and have values of any format.
    async sync(
      feed,
      faults,
      argument = { file_path: `${portal.url}/feed.json`, accept_shrink: true, accept_drift: true },
    ) {
      portal.publish(feed);
      injector.arm(faults);
      const { name } = apis.workflows.createExecution({
        workflowId: WORKFLOW,
        argument: JSON.stringify(argument),
      });
      const execution = await apis.workflows.waitForExecution(name.split('/').at(-1) ?? '');
      const occurred = injector.disarm();
      await Promise.all(targets.map(({ functionProxy }) => functionProxy.settle()));
      return { execution, occurred };
    },
    async takeLetters() {
      const letters = await queue.pull(MOST_LETTERS);
      for (const each of letters) await queue.acknowledge(each);
      return letters.map(({ letter }) => letter);
    },
    async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      const client = new pg.Client(await databaseUrl());
      await client.connect();
      try {
        return (await client.query<T>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    async stop() {
      await Promise.all(
        targets.map(async ({ process, databaseProxy, functionProxy }) => {
          await functionProxy.close();
          await (await process.current()).stop();
          await databaseProxy.close();
        }),
      );
      await portal.close();
      await queue.close();
      await apis.stop();
      const server = await database.current();
      await server.stop();
      // Under root it may be outside the directory.
      await rm(server.folder, { recursive: true, force: true });
    },
  };
}

/** A server that, after a crash, recovers from its log as it would after losing the machine. */
function createDatabaseServer(directory: string): Restartable<Postgres> {
  return createRestartable(
    () => startPostgres({ directory }),
    async (server) => {
      process.kill(server.pid, 'SIGQUIT');
      await server.stop();
    },
  );
}
