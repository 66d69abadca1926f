import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ExecutionsClient } from '@google-cloud/workflows';
import { PassThroughClient } from 'google-auth-library';
import { afterEach, describe, expect, test } from 'vitest';
import { startServer } from '../conformance/testing/start-server.ts';
import { startTestService, type TestService } from '../testing/start-test-service.ts';

const open: { test?: TestService; folder?: string } = {};
afterEach(async () => {
  await open.test?.close();
  if (open.folder !== undefined) rmSync(open.folder, { recursive: true });
  delete open.folder;
});

const ECHO = `main:\n  params: [x]\n  steps:\n    - answer:\n        return: \${x}\n`;

const NAP = '- nap:\n    call: sys.sleep\n    args: {seconds: 3600}\n';

async function start(options: { movesByItself?: boolean } = {}) {
  const started = await startTestService(options);
  open.test = started;
  return started;
}

function createClient(port: number): ExecutionsClient {
  return new ExecutionsClient({
    fallback: true,
    protocol: 'http',
    apiEndpoint: '127.0.0.1',
    port,
    // The client library has its own copy of google-auth-library, with different types.
    authClient: new PassThroughClient() as never,
  });
}

test("Google's ExecutionsClient creates, gets and lists", async () => {
  const { port, service } = await start();
  service.deploy({ workflowId: 'w', source: ECHO });
  const client = createClient(port);
  const parent = client.workflowPath('demo', 'us-central1', 'w');
  const [created] = await client.createExecution({ parent, execution: { argument: '[1,2.0]' } });
  const name = created.name ?? '';
  expect(created).toMatchObject({ state: 'ACTIVE', argument: '[1,2.0]' });
  await service.waitForExecution(name.split('/').at(-1) ?? '');
  const [ended] = await client.getExecution({ name });
  expect(ended).toMatchObject({ state: 'SUCCEEDED', result: '[1,2.0]' });
  expect(Number(ended.startTime?.seconds)).toBe(1_700_000_000);
  const [listed] = await client.listExecutions({ parent, filter: 'state="SUCCEEDED"' });
  expect(listed.map((execution) => execution.name)).toEqual([name]);
  await expect(client.cancelExecution({ name })).rejects.toThrow('SUCCEEDED already');
  await expect(client.getExecution({ name: `${parent}/executions/none` })).rejects.toMatchObject({
    code: 404,
  });
  await client.close();
});

test.each([
  ['sleeping', () => NAP],
  ['requesting', (url: string) => `- ask:\n    call: http.get\n    args: {url: "${url}"}\n`],
])('ExecutionsClient cancels a %s execution at once', async (_what, describeSource) => {
  const asked = Promise.withResolvers<void>();
  const silent = await startServer(() => asked.resolve());
  const source = describeSource(silent.url);
  if (source === NAP) asked.resolve();
  const { clock, port, service } = await start({ movesByItself: false });
  service.deploy({ workflowId: 'w', source });
  const client = createClient(port);
  const parent = client.workflowPath('demo', 'us-central1', 'w');
  const [{ name }] = await client.createExecution({ parent, execution: {} });
  await asked.promise;
  const [cancelled] = await client.cancelExecution({ name: name ?? '' });
  expect(cancelled).toMatchObject({ state: 'CANCELLED' });
  expect(clock.now()).toBe(1_700_000_000);
  await client.close();
  await silent.close();
});

const hasGcloud = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'gcloud')));

describe.skipIf(!hasGcloud)('gcloud (skipped where it is not installed)', () => {
  async function startGcloud(options: { movesByItself?: boolean } = {}) {
    const started = await start(options);
    const folder = mkdtempSync(join(tmpdir(), 'gcloud-'));
    open.folder = folder;
    const endpoint = `http://127.0.0.1:${started.port}/`;
    const env = {
      ...process.env,
      CLOUDSDK_CONFIG: folder,
      CLOUDSDK_CORE_PROJECT: 'demo',
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_CORE_DISABLE_FILE_LOGGING: '1',
      CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
      CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
      CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'true',
      CLOUDSDK_WORKFLOWS_LOCATION: 'us-central1',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWS: endpoint,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWEXECUTIONS: endpoint,
    };
    const gcloud = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)('gcloud', [...args, '--format=json'], { env });
      return JSON.parse(stdout);
    };
    const write = (source: string) => {
      const path = join(folder, 'source.yaml');
      writeFileSync(path, source);
      return path;
    };
    return { ...started, gcloud, write };
  }

  test('deploys, lists, describes and deletes', { timeout: 120_000 }, async () => {
    const { gcloud, write, service } = await startGcloud();
    const deployed = await gcloud(
      ...['workflows', 'deploy', 'w', `--source=${write(ECHO)}`, '--description=an echo'],
      ...['--labels=team=x', '--set-env-vars=A=b', '--call-log-level=log-errors-only'],
    );
    expect(deployed).toMatchObject({
      state: 'ACTIVE',
      sourceContents: ECHO,
      description: 'an echo',
      labels: { team: 'x' },
      userEnvVars: { A: 'b' },
      callLogLevel: 'LOG_ERRORS_ONLY',
    });
    // Run concurrently: gcloud spends nearly all of its time starting up.
    const [refused, listed, described] = await Promise.all([
      gcloud('workflows', 'deploy', 'w', `--source=${write(`- a:\n    return: \${x}\n`)}`).catch(
        (error) => error,
      ),
      gcloud('workflows', 'list'),
      gcloud('workflows', 'describe', 'w'),
    ]);
    expect(refused.message).toContain('[INVALID_ARGUMENT] failed to build: error in step a');
    expect(listed).toHaveLength(1);
    expect(described).toEqual(deployed);
    await gcloud('workflows', 'delete', 'w');
    expect(() => service.listExecutions('w')).not.toThrow();
    expect(() => service.createExecution({ workflowId: 'w' })).toThrow('does not exist');
  });

  test('executes, and lists, describes, waits for and cancels executions', {
    timeout: 120_000,
  }, async () => {
    const { gcloud, service } = await startGcloud({ movesByItself: false });
    service.deploy({ workflowId: 'w', source: NAP });
    const { name } = await gcloud('workflows', 'execute', 'w', '--labels=who=me');
    expect(await gcloud('workflows', 'executions', 'list', 'w')).toMatchObject([
      { name, state: 'ACTIVE' },
    ]);
    expect(await gcloud('workflows', 'executions', 'cancel', name)).toMatchObject({
      state: 'CANCELLED',
    });
    const [described, waited] = await Promise.all([
      gcloud('workflows', 'executions', 'describe-last'),
      gcloud('workflows', 'executions', 'wait', name),
    ]);
    expect(described).toMatchObject({ name, state: 'CANCELLED', labels: { who: 'me' } });
    expect(waited).toMatchObject({ name, state: 'CANCELLED' });
  });
});
