import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ExecutionsClient } from '@google-cloud/workflows';
import { PassThroughClient } from 'google-auth-library';
import { afterEach, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from './start-test-service.ts';

const open: { test?: TestService; folder?: string } = {};
afterEach(async () => {
  await open.test?.close();
  if (open.folder !== undefined) rmSync(open.folder, { recursive: true });
  delete open.folder;
});

const ECHO = `main:\n  params: [x]\n  steps:\n    - answer:\n        return: \${x}\n`;

async function start(options: { movesByItself?: boolean } = {}) {
  const started = await startTestService(options);
  open.test = started;
  return started;
}

test("Google's ExecutionsClient creates, gets, lists and cancels", async () => {
  const { port, service } = await start();
  service.deploy({ workflowId: 'w', source: ECHO });
  const client = new ExecutionsClient({
    fallback: true,
    protocol: 'http',
    apiEndpoint: '127.0.0.1',
    port,
    // The client library brings a google-auth-library of its own, with types of its own.
    authClient: new PassThroughClient() as never,
  });
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

const hasGcloud = await promisify(execFile)('gcloud', ['--version']).then(
  () => true,
  () => false,
);

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

  test('deploys, lists, describes and runs', { timeout: 120_000 }, async () => {
    const { gcloud, write } = await startGcloud();
    const deployed = await gcloud('workflows', 'deploy', 'w', `--source=${write(ECHO)}`);
    expect(deployed).toMatchObject({ state: 'ACTIVE', sourceContents: ECHO });
    expect(await gcloud('workflows', 'list')).toHaveLength(1);
    expect(await gcloud('workflows', 'describe', 'w')).toMatchObject({ name: deployed.name });
    expect(await gcloud('workflows', 'run', 'w', '--data={"a":1}')).toMatchObject({
      state: 'SUCCEEDED',
      result: '{"a":1}',
    });
  });

  test('executes, lists, waits for and cancels executions', { timeout: 120_000 }, async () => {
    const nap = '- nap:\n    call: sys.sleep\n    args: {seconds: 3600}\n';
    const { gcloud, service } = await startGcloud({ movesByItself: false });
    service.deploy({ workflowId: 'w', source: nap });
    const { name } = await gcloud('workflows', 'execute', 'w');
    expect(await gcloud('workflows', 'executions', 'list', 'w')).toMatchObject([
      { name, state: 'ACTIVE' },
    ]);
    await gcloud('workflows', 'executions', 'cancel', name);
    expect(await gcloud('workflows', 'executions', 'wait', name)).toMatchObject({
      state: 'CANCELLED',
    });
  });
});
