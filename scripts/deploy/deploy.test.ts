import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FunctionName } from '../../functions/function-names.ts';
import {
  type ClonedDatabase,
  cloneDatabase,
} from '../../functions/shared/testing/clone-database.ts';
import {
  createFunctionUsers,
  type FunctionUsers,
} from '../../sql/testing/create-function-users.ts';
import { type GoogleApis, startGoogleApis } from '../local/start-google-apis.ts';
import { runScript, startScript } from '../testing/run-script.ts';
import { HEALTHY, startTestProject, type TestProject } from '../testing/start-test-project.ts';
import type { Answer } from '../testing/stub-programs.ts';

const projectId = 'test-project';
const location = 'northamerica-northeast2';

/**
 * A workflow in place of the sync, with two steps and the given end. The first step lasts long
 * enough for the first poll to see it, and ends before the second, one second later.
 */
function workflowSource(end: string): string {
  return `
main:
  params: [argument]
  steps:
    - download_feed:
        call: sys.sleep
        args:
          seconds: 0.9
    - end_here:
        ${end}
`;
}
const COMPLETES = workflowSource('return: {"status": "completed", "records_total": 3}');
const FAILS = workflowSource('raise: feed_unavailable');

const PLAN = {
  resource_changes: [
    change('google_pubsub_topic.sync_trigger', 'create'),
    change('google_workflows_workflow.this', 'update'),
    change('google_storage_bucket.feeds', 'delete', 'create'),
    change('google_pubsub_topic.old', 'delete'),
    change('google_pubsub_topic.same', 'no-op'),
    change('data.google_project.this', 'read'),
  ],
};

function change(address: string, ...actions: string[]) {
  return { address, type: address.split('.')[0], change: { actions, before: null } };
}

let directory: string;
let project: TestProject;
let apis: GoogleApis;
let database: ClonedDatabase;
let owner: pg.Pool;
let users: FunctionUsers;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-'));
  project = await startTestProject();
  const options = { directory, projectId, location, port: 0, log: () => {} };
  apis = await startGoogleApis(options);
  database = await cloneDatabase();
  owner = new pg.Pool({ connectionString: database.url });
  users = await createFunctionUsers(owner);
});

afterAll(async () => {
  await users[Symbol.asyncDispose]();
  await owner.end();
  await database[Symbol.asyncDispose]();
  await apis.stop();
  await project[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

function stackOutputs(database_public_ip = true) {
  return {
    project_id: projectId,
    region: location,
    workflow_name: 'permit-sync',
    console_url: 'https://cloud.example/executions',
    run_command: 'gcloud workflows run permit-sync',
    psql_command: 'gcloud sql connect permit-sync',
    api_url: 'https://api.example/api/sync',
    database_connection_name: `${projectId}:${location}:permit-sync`,
    database_name: database.name,
    database_users: users.names,
    database_public_ip,
  };
}

function answersOf(outputs: object = stackOutputs()): readonly Answer[] {
  const values = Object.entries(outputs).map(([name, value]) => [name, { value }]);
  return [
    ...HEALTHY,
    { when: ' show -json', stdout: JSON.stringify(PLAN) },
    { when: ' output -json', stdout: JSON.stringify(Object.fromEntries(values)) },
    { when: ' plan ', stdout: 'Plan: 2 to add, 1 to change, 2 to destroy.\n' },
  ];
}

beforeEach(async () => {
  await owner.query('drop schema public cascade');
  await owner.query('create schema public');
  apis.workflows.deploy({ workflowId: 'permit-sync', source: COMPLETES });
  await project.programs.answer(answersOf());
});

/** The owner's URL without the password, which the environment has. */
function databaseUrl(): string {
  const url = new URL(database.url);
  url.password = '';
  return url.href;
}

function password(): string {
  return decodeURIComponent(new URL(database.url).password);
}

function environment(): Record<string, string> {
  return {
    ...project.environment,
    PGPASSWORD: password(),
    // Without the credentials of the person who runs the tests, and without a way to Google.
    HOME: directory,
    CLOUDSDK_CONFIG: directory,
    METADATA_SERVER_DETECTION: 'none',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SQL: 'http://127.0.0.1:9/',
  };
}

function withDatabase(): readonly string[] {
  return ['--database-url', databaseUrl(), '--endpoint', apis.endpoint];
}

function deploy(...args: string[]) {
  return runScript('deploy', ['--terraform', project.terraform, ...args], environment());
}

/** Extracts `plan` from `terraform -chdir=… plan …`. */
function toTerraformCommand(line: string): string {
  return line.split(' ')[2] ?? '';
}

async function countRunsAs(name: FunctionName): Promise<number> {
  const client = new pg.Client(users.urlFor(name, database.url));
  await client.connect();
  const query = client.query<{ runs: number }>('select count(*)::integer as runs from sync_runs');
  const { rows } = await query.finally(() => client.end());
  return rows[0]?.runs ?? Number.NaN;
}

async function listTables(): Promise<readonly string[]> {
  const { rows } = await owner.query(
    "select tablename from pg_tables where schemaname = 'public' order by 1",
  );
  return rows.map(({ tablename }) => tablename);
}

describe('npm run deploy', () => {
  test('checks, builds, plans, applies exactly that plan, migrates, grants, syncs once', async () => {
    const { code, stdout, stderr } = await deploy('--yes', '--json', ...withDatabase());
    expect(JSON.parse(stdout), stderr).toMatchObject({
      ok: true,
      done: ['check', 'build', 'plan', 'apply', 'connect', 'migrate', 'grant', 'sync'],
      plan: {
        create: ['google_pubsub_topic.sync_trigger'],
        update: ['google_workflows_workflow.this'],
        replace: ['google_storage_bucket.feeds'],
        destroy: ['google_pubsub_topic.old'],
      },
      migrations: expect.arrayContaining(['0001-sync-runs']),
      smoke: { state: 'SUCCEEDED', result: { status: 'completed', records_total: 3 } },
    });
    expect(code).toBe(0);
    expect(existsSync(join(project.terraform, '../dist/functions.zip'))).toBe(true);
    expect(stderr).toContain('Plan: 2 to add, 1 to change, 2 to destroy.');
    expect(stderr).toContain('removes google_storage_bucket.feeds');
    expect(stderr).toContain('  download_feed\n');
    expect(await listTables()).toContain('stored_permits');
    expect(await countRunsAs('sync-api')).toBe(0);
    const [execution] = apis.workflows.listExecutions('permit-sync');
    expect(JSON.parse(execution?.argument ?? '')).toEqual({ trigger: 'manual' });

    const calls = (await project.programs.calls()).slice(-5);
    expect(calls.map(toTerraformCommand)).toEqual(['init', 'plan', 'show', 'apply', 'output']);
    const [, planned, , applied = ''] = calls;
    const file = applied.split(' ').find((word) => word.startsWith(tmpdir())) ?? '';
    expect(file).toMatch(/plan$/);
    expect(planned).toContain(`-out=${file}`);
    expect(existsSync(dirname(file))).toBe(false);
  });

  test('ends with what to paste next and never shows the password', async () => {
    const { stdout, stderr } = await deploy('--yes', ...withDatabase());
    const everything = [stdout, stderr, ...(await project.programs.calls())].join('\n');
    expect(everything).not.toContain(password());
    for (const value of [
      'https://cloud.example/executions',
      'gcloud workflows run permit-sync',
      'gcloud sql connect permit-sync',
      'https://api.example/api/sync',
      '"records_total":3',
    ]) {
      expect(stdout).toContain(value);
    }
  });

  test('--plan stops after the plan', async () => {
    const { code, stdout } = await deploy('--plan', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, done: ['check', 'build', 'plan'] });
    expect((await project.programs.calls()).map(toTerraformCommand).at(-1)).toBe('show');
    expect(await listTables()).toEqual([]);
    expect(code).toBe(0);
  });

  test('without a terminal and without --yes it refuses at once and exits with 2', async () => {
    const before = await project.programs.calls();
    const { code, stderr } = await deploy();
    expect(stderr).toContain('there is no terminal to ask on; give --yes, or --plan');
    expect(code).toBe(2);
    expect(await project.programs.calls()).toEqual(before);
  });

  test('a failed check stops it before the build', async () => {
    await project.programs.answer([{ when: 'gcloud auth list' }, ...answersOf()]);
    const { code, stdout, stderr } = await deploy('--yes', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      failed: 'check',
      error: 'Not ready to deploy: login',
      done: [],
    });
    expect(stderr).toContain('gcloud auth login');
    expect(code).toBe(1);
  });

  test('an apply that fails half-way is reported with what to do; the database is not touched', async () => {
    const answer = { when: ' apply ', stderr: 'Error: quota exceeded\n', code: 1 };
    await project.programs.answer([answer, ...answersOf()]);
    const { code, stdout, stderr } = await deploy('--yes', '--json', ...withDatabase());
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      failed: 'apply',
      error: 'terraform apply exited with 1',
      next: expect.stringContaining('npm run deploy again'),
      done: ['check', 'build', 'plan'],
    });
    expect(stderr).toContain('Error: quota exceeded');
    expect(await listTables()).toEqual([]);
    expect(code).toBe(1);
  });

  test('unexpected outputs of the stack are named', async () => {
    await project.programs.answer(answersOf({ ...stackOutputs(), database_users: {} }));
    const { stdout } = await deploy('--yes', '--json', ...withDatabase());
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 'apply',
      error: expect.stringContaining('database_users'),
    });
  });

  test('the grants fail for users who do not exist, after the migrations', async () => {
    const database_users = { ...users.names, snapshot: 'nobody@test-project.iam' };
    await project.programs.answer(answersOf({ ...stackOutputs(), database_users }));
    const { stdout } = await deploy('--yes', '--json', ...withDatabase());
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 'grant',
      error: 'role "nobody@test-project.iam" does not exist',
      done: ['check', 'build', 'plan', 'apply', 'connect', 'migrate'],
    });
  });

  test('a first sync that fails is a failure with its error and where to look', async () => {
    apis.workflows.deploy({ workflowId: 'permit-sync', source: FAILS });
    const { code, stdout, stderr } = await deploy('--yes', '--json', ...withDatabase());
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 'sync',
      error: expect.stringContaining('ended as FAILED: "feed_unavailable"'),
      next: expect.stringContaining('https://cloud.example/executions'),
    });
    expect(stderr).toContain('done: check, build, plan, apply, connect, migrate, grant');
    expect(code).toBe(1);
  });

  test('explains how to reach a database with a private address before connecting', async () => {
    await project.programs.answer(answersOf(stackOutputs(false)));
    const { stdout, stderr } = await deploy('--yes', '--json');
    const [before = '', after = ''] = stderr.split('== connect');
    expect(before).toContain('this must run inside the VPC');
    expect(after).toContain('--database-url');
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 'connect',
      error: expect.stringContaining('credentials'),
      next: expect.stringContaining('database_public_ip = true'),
    });
  });

  test('on Ctrl-C it lets Terraform stop cleanly and reports what was done', async () => {
    const answer = { when: ' apply ', stderr: 'applying\n', waits: true, code: 1 };
    await project.programs.answer([answer, ...answersOf()]);
    const args = ['--terraform', project.terraform, '--yes', ...withDatabase()];
    const running = startScript('deploy', args, environment());
    await running.said('applying');
    running.interrupt();
    const { code, stderr } = await running.ended;
    expect(stderr).toContain('stopped cleanly');
    expect(stderr).toContain('error: apply: terraform apply exited with 1');
    expect(code).toBe(1);
  });
});
