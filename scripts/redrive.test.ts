import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureTopics } from './local/pubsub/ensure-topics.ts';
import { type GoogleApis, startGoogleApis } from './local/start-google-apis.ts';

const projectId = 'letters';
const location = 'northamerica-northeast2';
const PATIENCE = 30_000;

/** A workflow that returns its argument. */
const SOURCE = `
main:
  params: [argument]
  steps:
    - answer:
        return: \${argument}
`;

let directory: string;
let apis: GoogleApis;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'letters-'));
  const options = { directory, projectId, location, port: 0, log: () => {} };
  apis = await startGoogleApis(options);
  await ensureTopics(apis.pubsubUrl, {
    projectId,
    location,
    workflow: 'permit-sync',
    workflowsUrl: apis.endpoint,
  });
  await publish({ run_id: 6, error_message: 'feed_malformed: no array', argument: {} });
  await publish({
    run_id: 7,
    failed_chunks: [2, 5],
    error_message: 'chunks_failed: 2 and 5',
    argument: { file_path: 'gs://feeds/old.json', trigger: 'pubsub', message_id: '42' },
  });
});

afterEach(async () => {
  await apis.stop();
  await rm(directory, { recursive: true });
});

async function publish(fields: object): Promise<void> {
  const letter = {
    execution_id: 'e',
    records_processed: 0,
    attempts: 3,
    failed_chunks: [],
    retryable: true,
    ...fields,
  };
  const data = Buffer.from(JSON.stringify(letter)).toString('base64');
  await fetch(`${apis.endpoint}/v1/projects/${projectId}/topics/sync-dead-letter:publish`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ data }] }),
  });
}

function deployWorkflow() {
  return apis.workflows.deploy({ workflowId: 'permit-sync', source: SOURCE });
}

async function run(command: string, ...args: string[]) {
  const script = fileURLToPath(new URL(`./${command}.ts`, import.meta.url));
  const env = { GOOGLE_CLOUD_PROJECT: projectId, GOOGLE_API_ENDPOINT: apis.endpoint };
  return promisify(execFile)(process.execPath, [script, ...args], { env }).catch((error) => error);
}

async function listRuns(): Promise<unknown[]> {
  const { stdout } = await run('dead-letters', '--json');
  return JSON.parse(stdout).map(({ run_id }: { run_id: number }) => run_id);
}

test(
  'dead-letters lists age, run, chunks and error, and leaves the letters in the queue',
  async () => {
    const { stdout } = await run('dead-letters');
    expect(stdout).toBe(
      '0.0 h  run 6  feed_malformed: no array\n0.0 h  run 7  chunks 2, 5  chunks_failed: 2 and 5\n',
    );
    expect(await listRuns()).toEqual([6, 7]);
  },
  PATIENCE,
);

test(
  'redrive --dry-run only prints what it would do',
  async () => {
    deployWorkflow();
    const { stdout } = await run('redrive', '--dry-run', '--limit', '5');
    expect(stdout.split('\n').filter(Boolean)).toHaveLength(2);
    expect(apis.workflows.listExecutions('permit-sync')).toEqual([]);
    expect(await listRuns()).toEqual([6, 7]);
  },
  PATIENCE,
);

test(
  'redrive --run starts that letter’s sync again and acknowledges the letter',
  async () => {
    deployWorkflow();
    const { stdout } = await run('redrive', '--run', '7');
    const [execution, ...others] = apis.workflows.listExecutions('permit-sync');
    expect(others).toEqual([]);
    expect(JSON.parse(execution?.argument ?? '')).toEqual({
      file_path: 'gs://feeds/old.json',
      resume_run_id: 7,
      trigger: 'manual',
    });
    expect(stdout).toContain(execution?.name);
    expect(await listRuns()).toEqual([6]);
  },
  PATIENCE,
);

test(
  'redrive exits with 1 and keeps a letter whose execution could not be started',
  async () => {
    expect(await run('redrive')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: /),
    });
    expect(await listRuns()).toEqual([6, 7]);
  },
  PATIENCE,
);
