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
const PATIENCE = 60_000;

/** A workflow that returns its argument. */
const SOURCE = `
main:
  params: [argument]
  steps:
    - answer:
        return: \${argument}
`;

/** A workflow that raises the error of a function. */
function refuseWith(code: string): string {
  return `
main:
  params: [argument]
  steps:
    - refuse:
        raise:
          code: 409
          body:
            error:
              code: ${code}
              message: Run 8 is in the way
`;
}

/** A workflow that fails and leaves a letter of its own. */
const FAILS_AGAIN = `
main:
  params: [argument]
  steps:
    - compose:
        assign:
          - letter:
              execution_id: \${sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}
              run_id: 9
              records_processed: 0
              attempts: 1
              failed_chunks: []
              error_message: broken again
              retryable: false
              argument: \${argument}
    - publish:
        call: googleapis.pubsub.v1.projects.topics.publish
        args:
          topic: projects/letters/topics/sync-dead-letter
          body:
            messages:
              - data: \${base64.encode(json.encode(letter))}
    - fail:
        raise: broken again
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
  await publish({
    run_id: 6,
    error_code: 'feed_malformed',
    error_message: 'no array',
    error_hint: 'Look at the object',
    argument: {},
  });
  await publish({
    run_id: 7,
    failed_chunks: [2, 5],
    chunks_done: 3,
    chunks_total: 5,
    error_code: 'chunks_failed',
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

function deployWorkflow(source = SOURCE) {
  return apis.workflows.deploy({ workflowId: 'permit-sync', source });
}

/** Arguments of the executions so far. */
function listArguments(): unknown[] {
  const executions = apis.workflows.listExecutions('permit-sync');
  return executions.map(({ argument }) => JSON.parse(argument ?? ''));
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
  'dead-letters lists age, run, chunks, error and hint, and leaves the letters in the queue',
  async () => {
    const { stdout } = await run('dead-letters');
    expect(stdout).toBe(
      '0.0 h  run 6  feed_malformed: no array\n       Look at the object\n' +
        '0.0 h  run 7  3 of 5 chunks stored  failed: 2, 5  chunks_failed: 2 and 5\n',
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
    expect(stdout).toBe(
      'would redrive run 6  feed_malformed: no array\n  with {"trigger":"manual"}\n' +
        'would redrive run 7  3 of 5 chunks stored  failed: 2, 5  chunks_failed: 2 and 5\n' +
        '  with {"file_path":"gs://feeds/old.json","trigger":"manual","resume_run_id":7}\n',
    );
    expect(apis.workflows.listExecutions('permit-sync')).toEqual([]);
    expect(await listRuns()).toEqual([6, 7]);
  },
  PATIENCE,
);

test(
  'redrive --run runs that letter’s sync again and removes the letter once it has completed',
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
    expect(stdout).toContain(`  as ${execution?.name}\n  completed; the letter is removed\n`);
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

test(
  'redrive keeps a letter whose sync is refused, says why, and exits with 1',
  async () => {
    deployWorkflow(refuseWith('sync_already_running'));
    expect(await run('redrive', '--run', '6')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /failed, sync_already_running: Run 8 is in the way\n {2}the letter stays; redrive it when/,
      ),
    });
    expect(await listRuns()).toEqual([6, 7]);

    deployWorkflow(refuseWith('feed_outdated'));
    expect(await run('redrive', '--run', '7')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/feed_outdated: .*\n.*--discard.*--accept-outdated\n$/),
    });
    expect(await listRuns()).toEqual([6, 7]);
  },
  PATIENCE,
);

test(
  'redrive replaces a letter by that of the new run, if there is one',
  async () => {
    deployWorkflow(FAILS_AGAIN);
    expect(await run('redrive', '--run', '6')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"broken again"\n  a letter of its own replaces this one\n'),
    });
    expect(await listRuns()).toEqual([7, 9]);
  },
  PATIENCE,
);

test(
  'redrive --discard removes a letter, names it and runs nothing',
  async () => {
    deployWorkflow();
    expect(await run('redrive', '--discard')).toMatchObject({ code: 2 });
    const { stdout } = await run('redrive', '--run', '6', '--discard', '--dry-run');
    expect(stdout).toBe('would discard run 6  feed_malformed: no array\n');
    expect(await listRuns()).toEqual([6, 7]);
    expect(await run('redrive', '--run', '6', '--discard')).toMatchObject({
      stdout: 'discarded run 6  feed_malformed: no array\n',
    });
    expect(await listRuns()).toEqual([7]);
    expect(await run('redrive', '--run', '6', '--discard')).toMatchObject({
      code: 1,
      stderr: 'error: There is no dead letter of run 6\n',
    });
    expect(apis.workflows.listExecutions('permit-sync')).toEqual([]);
  },
  PATIENCE,
);

test(
  'redrive --execution finds the letter of a run that the database does not know',
  async () => {
    deployWorkflow();
    await publish({ run_id: null, execution_id: 'lost', error_message: 'no', argument: {} });
    const { stdout } = await run('redrive', '--execution', 'lost', '--accept-shrink');
    expect(stdout).toContain('redriving execution lost  no\n');
    expect(listArguments()).toEqual([{ accept_shrink: true, trigger: 'manual' }]);
    expect(await listRuns()).toEqual([6, 7]);
  },
  PATIENCE,
);

test(
  'redrive asks for the URL whose query the letter does not have, and takes it',
  async () => {
    deployWorkflow();
    const argument = { file_path: 'https://example.com/feed.json' };
    const error_message = 'feed_unavailable: no';
    await publish({ run_id: 8, file_path_had_query: true, error_message, argument });
    expect(await run('redrive', '--run', '8')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: .*https:\/\/example\.com\/feed\.json .*--url\n$/),
    });
    expect(await listRuns()).toEqual([6, 7, 8]);
    await run('redrive', '--run', '8', '--url', `${argument.file_path}?token=secret`);
    expect(listArguments()).toEqual([
      { file_path: 'https://example.com/feed.json?token=secret', trigger: 'manual' },
    ]);
    expect(await listRuns()).toEqual([6, 7]);
  },
  PATIENCE,
);
