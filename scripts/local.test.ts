import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClonedDatabase, cloneDatabase } from '../functions/shared/testing/clone-database.ts';
import { generateText } from './generate-feed/generate-text.ts';

const SCRIPT = fileURLToPath(new URL('./local.ts', import.meta.url));
const README = readFileSync(new URL('./local/README.md', import.meta.url), 'utf8');
const PATIENCE = 60_000;

let database: ClonedDatabase;
let directory: string;
let child: ChildProcess;
let said: string;

function read(label: string): string {
  return new RegExp(`${label} +(\\S+)`).exec(said)?.[1] ?? '';
}

beforeAll(async () => {
  database = await cloneDatabase();
  directory = await mkdtemp(join(tmpdir(), 'local-test-'));
  const ports = ['--port', '0', '--cloud-port', '0'];
  const options = ['--records', '100', '--time-warp', '1e9', '--database-url', database.url];
  child = spawn(process.execPath, [SCRIPT, '--data-dir', directory, ...ports, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  said = await waitUntilUp();
}, PATIENCE);

afterAll(async () => {
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  await rm(directory, { recursive: true });
  await database[Symbol.asyncDispose]();
});

/** Lets a feed of any size and source come next. */
async function truncate(): Promise<void> {
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query('truncate sync_runs, stored_permits cascade');
  await client.end();
}

function waitUntilUp(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part) => {
        text += part;
        if (text.includes('Ctrl-C stops it')) resolve(text);
      });
    }
    child.once('exit', () => reject(new Error(`npm run local ended: ${text}`)));
  });
}

/** The README's two blocks of shell lines: curl's, then gcloud's. */
const [curlLines = '', gcloudLines = ''] = [
  ...(README.split('## Use it\n')[1]?.split('\n## ')[0] ?? '').matchAll(/```sh\n([\s\S]*?)```/g),
].map(([, lines]) => lines);

function has(program: string): boolean {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, program)));
}

async function runLines(lines: string): Promise<string> {
  const env = { PATH: process.env.PATH, CLOUDSDK_CONFIG: join(directory, 'gcloud') };
  const { stdout } = await promisify(execFile)('bash', ['-ec', lines], { env });
  return stdout;
}

async function send(method: string, path: string, body?: unknown): Promise<unknown> {
  const parent = 'v1/projects/local-project/locations/northamerica-northeast2';
  const response = await fetch(`${read('Google APIs')}/${parent}/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

/** Runs a workflow to its end. @returns the state of the execution. */
async function run(workflow: string, argument: unknown = null): Promise<string> {
  const executions = `workflows/${workflow}/executions`;
  const started = await send('POST', executions, { argument: JSON.stringify(argument) });
  const path = `${executions}/${(started as { name: string }).name.split('/').at(-1)}`;
  const readState = async () => ((await send('GET', path)) as { state: string }).state;
  while ((await readState()) === 'ACTIVE');
  return readState();
}

describe('npm run local', () => {
  test('prints the README’s lines for gcloud', () => {
    const printed = said.match(/export CLOUDSDK_\S+/g) ?? [];
    const endpoint = read('Google APIs');
    expect(printed).toEqual(
      gcloudLines.replaceAll('http://127.0.0.1:8080', endpoint).match(/export CLOUDSDK_\S+/g),
    );
  });

  test(
    'serves the next day at the next start once a run has completed',
    async () => {
      const readDay = () => readFile(join(directory, 'feed-day-100.txt'), 'utf8');
      await expect(readDay()).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await run('permit-sync')).toBe('SUCCEEDED');
      await expect.poll(() => readDay().catch(() => '')).toBe('0\n');
    },
    PATIENCE,
  );

  test.skipIf(!has('curl'))(
    'answers the README’s curl lines (skipped where curl is not installed)',
    async () => {
      await truncate();
      const feed = join(directory, 'feed.json');
      await writeFile(feed, [...generateText({ records: 10, day: 0 })]);
      const lines = curlLines
        .replaceAll('http://localhost:3000', new URL(read('sync-api')).origin)
        .replace('/absolute/path/feed.json', feed);
      const [posted, listed] = (await runLines(lines)).trim().split(/(?<=\})\s*(?=\{"runs)/);
      expect(JSON.parse(posted ?? '')).toMatchObject({ sync_run: { records_total: 10 } });
      expect(JSON.parse(listed ?? '')).toMatchObject({ runs: [{ records_total: 10 }] });
    },
    PATIENCE,
  );

  test.skipIf(!has('gcloud'))(
    'answers the README’s gcloud lines as typed (skipped where gcloud is not installed)',
    async () => {
      await truncate();
      const endpoint = read('Google APIs');
      const output = await runLines(gcloudLines.replaceAll('http://127.0.0.1:8080', endpoint));
      expect(output).toMatch(/^state: SUCCEEDED$/m);
      expect(output).toMatch(/messageIds:/);
    },
    PATIENCE,
  );

  test('shortens the waits of workflows and writes their log to a file', async () => {
    const sourceContents = `- nap:\n    call: sys.sleep\n    args: [31536000]\n- tell:\n    call: sys.log\n    args: {text: rested, severity: NOTICE}\n`;
    await send('POST', 'workflows?workflowId=nap', { sourceContents });
    expect(await run('nap')).toBe('SUCCEEDED');
    const log = await readFile(join(directory, 'logs', 'workflows.log'), 'utf8');
    const entries = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ resource }) => resource.labels.workflow_id === 'nap');
    expect(entries).toMatchObject([
      { severity: 'INFO', jsonPayload: { state: 'ACTIVE' } },
      { severity: 'NOTICE', textPayload: 'rested' },
      { severity: 'INFO', jsonPayload: { state: 'SUCCEEDED' } },
    ]);
  });
});
