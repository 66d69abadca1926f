import { readFile } from 'node:fs/promises';
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
import { createStriker, type Strike } from './fault-injector.ts';
import { startFeedPortal } from './feed-portal.ts';
import { startFunctionGate } from './function-proxy.ts';
import { type Moment, STEPS, type Step } from './points.ts';
import { createRestartable, type Restartable } from './restartable.ts';

const PROJECT = 'chaos';
const LOCATION = 'northamerica-northeast2';
const WORKFLOW = 'permit-sync';
const BUCKET = 'chaos-feeds';
const DATABASE = 'permits';
/** Small, so that a small feed has several. */
const CHUNK_RECORDS = 10;
const MOST_LETTERS = 10;

const WORKFLOW_SOURCE = new URL('../../workflows/permit-sync.yaml', import.meta.url);

export interface ChaosCloud {
  /** Syncs a feed, or goes on as the argument says, while the strikes come down on it. */
  sync(
    feed: readonly FeedRecord[],
    strikes: readonly Strike[],
    argument?: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly execution: Execution; readonly struck: number }>;
  /** The dead letters on the topic, which are then gone from it. */
  takeLetters(): Promise<readonly DeadLetter[]>;
  /** Asks the database directly, not through what is struck. */
  query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>;
  stop(): Promise<void>;
}

/**
 * The real workflow on the engine with a clock of its own, the functions in processes that can be
 * killed, a PostgreSQL that can, and proxies between them that strike at a point.
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
  const striker = createStriker(database);
  const portal = await startFeedPortal(() => striker.watch('download', { kind: 'half-sent' }));
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
    const watch = (moment: Moment) => striker.watch(step, moment);
    const proxy = await startDatabaseProxy(databaseUrl, watch);
    const options = {
      environment: { ...environment, DATABASE_URL: proxy.url },
      logDirectory: join(directory, 'logs'),
    };
    const process = createRestartable(
      () => startFunction(step, options),
      (running) => running.kill(),
    );
    const gate = await startFunctionGate(async () => {
      await database.current();
      return (await process.current()).url;
    });
    return { step, process, proxy, gate };
  };
  const targets = await Promise.all(STEPS.map(startStep));
  for (const target of targets) striker.add(target.step, target);
  const urls = Object.fromEntries(
    targets.map(({ step, gate }) => [`${step.toUpperCase().replace('-', '_')}_URL`, gate.url]),
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
    async sync(feed, strikes, argument = { file_path: `${portal.url}/feed.json` }) {
      portal.publish(feed);
      striker.arm(strikes);
      const { name } = apis.workflows.createExecution({
        workflowId: WORKFLOW,
        argument: JSON.stringify(argument),
      });
      const execution = await apis.workflows.waitForExecution(name.split('/').at(-1) ?? '');
      const struck = striker.disarm();
      await Promise.all(targets.map(({ gate }) => gate.settle()));
      return { execution, struck };
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
        targets.map(async ({ process, proxy, gate }) => {
          await gate.close();
          await (await process.current()).stop();
          await proxy.close();
        }),
      );
      await portal.close();
      await queue.close();
      await apis.stop();
      await (await database.current()).stop();
    },
  };
}

/** A server that a crash leaves to recover from its log, as the loss of a machine would. */
function createDatabaseServer(directory: string): Restartable<Postgres> {
  return createRestartable(
    () => startPostgres({ directory }),
    async (server) => {
      process.kill(server.pid, 'SIGQUIT');
      await server.stop();
    },
  );
}
