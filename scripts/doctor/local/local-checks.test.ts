import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import {
  type ClonedDatabase,
  cloneDatabase,
} from '../../../functions/shared/testing/clone-database.ts';
import { ensureTopics } from '../../local/pubsub/ensure-topics.ts';
import { type GoogleApis, startGoogleApis } from '../../local/start-google-apis.ts';
import { runScript } from '../../testing/run-script.ts';

const projectId = 'local-project';
const location = 'northamerica-northeast2';
const SOURCE = 'main:\n  steps:\n    - answer:\n        return: 1\n';

interface LocalCloud extends AsyncDisposable {
  readonly apis: GoogleApis;
  readonly database: ClonedDatabase;
  readonly environment: Readonly<Record<string, string>>;
  query(statement: string): Promise<void>;
}

/** Starts empty Google APIs and a migrated database. */
async function startEmptyCloud(): Promise<LocalCloud> {
  const directory = await mkdtemp(join(tmpdir(), 'doctor-'));
  const options = { directory, projectId, location, port: 0, log: () => {} };
  const apis = await startGoogleApis(options);
  const database = await cloneDatabase();
  return {
    apis,
    database,
    environment: { GOOGLE_API_ENDPOINT: apis.endpoint, DATABASE_URL: database.url },
    async query(statement) {
      const client = new pg.Client(database.url);
      await client.connect();
      await client.query(statement).finally(() => client.end());
    },
    async [Symbol.asyncDispose]() {
      await apis.stop();
      await database[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

async function startCloud(): Promise<LocalCloud> {
  const cloud = await startEmptyCloud();
  cloud.apis.workflows.deploy({ workflowId: 'permit-sync', source: SOURCE });
  await ensureTopics(cloud.apis.pubsubUrl, {
    projectId,
    location,
    workflow: 'permit-sync',
    workflowsUrl: cloud.apis.endpoint,
  });
  return cloud;
}

/** The state of each check, or its problem. */
async function examine(env: Readonly<Record<string, string>>, ...args: string[]) {
  const { code, stdout } = await runScript('doctor', ['--json', ...args], env);
  const { checks } = JSON.parse(stdout);
  return {
    code,
    stdout,
    states: Object.fromEntries(
      checks.map((each: Record<string, string>) => [each.name, each.problem ?? each.state]),
    ),
  };
}

describe('npm run doctor, against a local cloud', () => {
  test('exits with 0 when all is well', async () => {
    await using cloud = await startCloud();
    const { code, states } = await examine(cloud.environment);
    expect(new Set(Object.values(states))).toEqual(new Set(['ok']));
    expect(code).toBe(0);
  });

  test('finds that the workflow and the topics are missing', async () => {
    await using cloud = await startEmptyCloud();
    const { code, states } = await examine(cloud.environment);
    expect(states).toEqual({
      'Google APIs': 'ok',
      workflow: 'permit-sync is not deployed in northamerica-northeast2',
      topics:
        'Missing: topics/sync-trigger, topics/sync-completed, topics/sync-dead-letter, ' +
        'subscriptions/sync-dead-letter, subscriptions/eventarc-sync-trigger',
      'dead letters': 'skipped',
      database: 'ok',
      migrations: 'ok',
      'last run': 'ok',
    });
    expect(code).toBe(1);
  });

  test('finds a failed last run, and a dead letter, which stays in the queue', async () => {
    await using cloud = await startCloud();
    await cloud.query(`
      insert into sync_runs (execution_id, trigger, status, error_message, completed_at, duration_ms)
      values ('e', 'manual', 'failed', 'feed_malformed: no array', now(), 1)
    `);
    const letter = {
      execution_id: 'e',
      run_id: 1,
      records_processed: 0,
      attempts: 3,
      failed_chunks: [],
      error_message: 'feed_malformed: no array',
      retryable: false,
      argument: {},
    };
    const data = Buffer.from(JSON.stringify(letter)).toString('base64');
    await fetch(`${cloud.apis.endpoint}/v1/projects/${projectId}/topics/sync-dead-letter:publish`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ data }] }),
    });
    for (const _ of ['first', 'again']) {
      const { code, states } = await examine(cloud.environment);
      expect(states).toMatchObject({
        'last run': 'Run 1 failed: feed_malformed: no array',
        'dead letters': '1 waiting',
      });
      expect(code).toBe(1);
    }
  });

  test('finds migrations that have not been applied', async () => {
    await using cloud = await startCloud();
    await cloud.query("delete from kysely_migration where name like '0004%'");
    expect((await examine(cloud.environment)).states).toMatchObject({
      migrations: 'Not applied: 0004-data-quality-snapshots',
      'last run': 'skipped',
    });
    await cloud.query('drop table kysely_migration');
    const { states } = await examine(cloud.environment);
    expect(states.migrations).toMatch(/^Not applied: 0001-sync-runs, 0002/);
  });

  test('finds an unreachable database without showing its password', async () => {
    await using cloud = await startCloud();
    const away = new URL(cloud.database.url);
    away.pathname = '/nowhere';
    const { states, stdout } = await examine({ ...cloud.environment, DATABASE_URL: away.href });
    expect(states.database).toBe(
      `${away.host}/nowhere cannot be used: database "nowhere" does not exist`,
    );
    expect(away.password).not.toBe('');
    expect(stdout).not.toContain(away.password);
  });

  test('finds that nothing runs, with --local and no environment', async () => {
    // Nothing listens on port 9, discard.
    const { states } = await examine({}, '--local', '--endpoint', 'http://127.0.0.1:9');
    expect(states).toMatchObject({
      'Google APIs': 'Nothing answers at http://127.0.0.1:9',
      database: 'DATABASE_URL is not set',
      topics: 'skipped',
    });
  });
});
