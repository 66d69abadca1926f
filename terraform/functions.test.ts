import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import RUNTIME_ENVIRONMENT from '../functions/runtime-environment.json' with { type: 'json' };
import { CONFIG_VARIABLES, parseConfig } from '../functions/shared/config.ts';
import { listFunctions } from './testing/list-functions.ts';
import { expressionOf, readTerraform } from './testing/read-terraform.ts';
import { listWorkflowCalls } from './testing/read-workflow.ts';

const terraform = await readTerraform();
const functions = listFunctions(terraform);
const calls = listWorkflowCalls();
const called = new Set(calls.map(({ name }) => name));

/** Configuration variables that are only for a local machine. */
const LOCAL_ONLY = [
  'ALLOWED_HOSTS',
  'DATABASE_URL',
  'FEED_ALLOW_LOCAL_FILES',
  'FEED_IS_MADE_UP',
  'GOOGLE_API_ENDPOINT',
];

test('every function that the code registers is deployed with its own entry point', () => {
  const code = readFileSync(new URL('../functions/index.ts', import.meta.url), 'utf8');
  const registered = [...code.matchAll(/^http\('([\w-]+)'/gm)].map(([, name]) => name);
  expect(functions.map(({ name }) => name).sort()).toEqual(registered.sort());
  expect(functions.map(({ entryPoint }) => entryPoint).sort()).toEqual(registered);
});

describe.each(functions.map((each) => [each.name, each] as const))('%s', (name, deployed) => {
  test('gets all variables that its configuration needs, and no unknown ones', () => {
    const others = Object.keys(RUNTIME_ENVIRONMENT);
    const configuration = Object.keys(deployed.environment).filter((it) => !others.includes(it));
    expect(CONFIG_VARIABLES).toEqual(expect.arrayContaining(configuration));
    expect(parseConfig(deployed.environment)).toMatchObject({
      GOOGLE_CLOUD_PROJECT: 'my-project',
      CLOUD_SQL_INSTANCE: 'my-project:region:permit-sync',
      WORKFLOW_LOCATION: 'northamerica-northeast2',
      WORKFLOW_NAME: 'permit-sync',
    });
  });

  test('gets the process settings of the local functions', () => {
    expect(deployed.environment).toMatchObject(RUNTIME_ENVIRONMENT);
  });

  test('gets no variables for a local machine', () => {
    expect(LOCAL_ONLY.filter((variable) => variable in deployed.environment)).toEqual([]);
  });

  test('may run for as long as the workflow waits for it', () => {
    const waits = calls.filter((call) => call.name === name).map(({ timeout }) => timeout);
    expect(deployed.timeoutSeconds).toBeGreaterThanOrEqual(Math.max(0, ...waits));
    expect(deployed.timeoutSeconds).toBeLessThanOrEqual(3600);
  });

  test('can be reached from outside only if the workflow does not call it', () => {
    expect(deployed.ingress).toBe(called.has(name) ? 'ALLOW_INTERNAL_ONLY' : 'ALLOW_ALL');
  });

  test('has a valid service account id', () => {
    expect(`permit-sync-${name}`).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
  });
});

describe('invoking a function', () => {
  const invokers = terraform.resources.filter(
    ({ type, block }) => type.includes('_iam_') && block.role === 'roles/run.invoker',
  );

  test('is allowed to the workflow’s account if the workflow calls it', () => {
    const { for_each, service, member } = terraform.resource(
      'google_cloud_run_service_iam_member.workflow',
    );
    const names = [...String(for_each).matchAll(/"([\w-]+)"/g)].map(([, name]) => name);
    expect(names.sort()).toEqual([...called].sort());
    expect(service).toBe(expressionOf('google_cloudfunctions2_function.this[each.key].name'));
    expect(member).toBe(expressionOf('google_service_account.workflow.member'));
  });

  test('is otherwise allowed only for the API, to members that the operator lists, by default nobody', () => {
    expect(invokers.map(({ address }) => address).sort()).toEqual([
      'google_cloud_run_service_iam_member.api',
      'google_cloud_run_service_iam_member.workflow',
    ]);
    const { for_each, service } = terraform.resource('google_cloud_run_service_iam_member.api');
    expect(for_each).toBe(expressionOf('toset(var.api_invokers)'));
    expect(service).toBe(expressionOf('google_cloudfunctions2_function.this["sync-api"].name'));
    expect(terraform.variables.api_invokers?.default).toEqual([]);
  });
});

describe('the database’s connections', () => {
  test('are enough for every instance of two revisions and ten others', () => {
    const wanted = functions
      .map(({ maxInstances, environment }) => maxInstances * Number(environment.DATABASE_POOL_SIZE))
      .reduce((sum, each) => sum + each, 0);
    expect(wanted).toBe(32);
    const maximum = Number(terraform.variables.database_max_connections?.default);
    expect(2 * wanted + Number(terraform.locals.reserved_connections)).toBeLessThanOrEqual(maximum);
  });

  test('are not shared by requests that need two at once', () => {
    const crowded = functions.filter(
      ({ name, concurrency }) => concurrency > 1 && called.has(name),
    );
    expect(crowded).toEqual([]);
  });

  test('there is an instance for every chunk that the workflow ingests at once', () => {
    const [ingest] = functions.filter(({ name }) => name === 'ingest-chunk');
    const concurrency = Number(terraform.variables.chunk_concurrency?.default);
    expect(ingest?.maxInstances).toBeGreaterThan(concurrency);
  });
});
