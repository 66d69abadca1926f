import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FUNCTION_NAMES, type FunctionName } from '../../functions/function-names.ts';
import {
  createTestContext,
  type TestContext,
} from '../../functions/shared/testing/create-test-context.ts';
import { permitRecord } from '../../functions/shared/testing/permit-record.ts';
import { choosePort } from '../local/postgres/choose-port.ts';
import { buildFunctions } from './build-functions.ts';

const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

interface Served {
  readonly url: string;
  readonly child: ChildProcess;
  /** Its log so far. */
  log(): string;
}

let directory: string;
let context: TestContext;
let functions: Readonly<Record<FunctionName, Served>>;

/** Serves a function as Cloud Run does: by the framework's command, in a folder of its own. */
async function serve(target: FunctionName, environment: Record<string, string>): Promise<Served> {
  // The command does not report its port, so it must be chosen here.
  const port = await choosePort();
  const child = spawn(
    process.execPath,
    ['node_modules/.bin/functions-framework', `--target=${target}`, `--port=${port}`],
    { cwd: join(directory, 'functions'), env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const listening = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (part) => {
      output += part;
      if (output.includes('URL: http')) resolve();
    });
    child.stderr?.on('data', (part) => {
      output += part;
    });
    child.once('exit', () => reject(new Error(`${target} ended: ${output}`)));
  });
  await listening;
  return { url: `http://127.0.0.1:${port}`, child, log: () => output };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deployed-'));
  await buildFunctions(directory);
  // In place of `npm ci`: the repository has the lock's packages in the same versions.
  await symlink(NODE_MODULES, join(directory, 'functions/node_modules'), 'junction');
  context = await createTestContext();
  const { config } = context;
  const environment = {
    // A separate project, because Monitoring takes one point per series in five seconds and other
    // tests write theirs as well.
    GOOGLE_CLOUD_PROJECT: `deployed-${randomUUID()}`,
    FEED_BUCKET: config.FEED_BUCKET,
    DATABASE_URL: config.DATABASE_URL ?? '',
    GOOGLE_API_ENDPOINT: inject('googleApiEndpoint'),
    FEED_ALLOW_LOCAL_FILES: 'true',
    CHUNK_RECORDS: '2',
    FUNCTION_TARGET: '',
  };
  const served = FUNCTION_NAMES.map(
    async (name) => [name, await serve(name, environment)] as const,
  );
  functions = Object.fromEntries(await Promise.all(served)) as typeof functions;
});

afterAll(async () => {
  for (const { child } of Object.values(functions)) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  await context[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function post(name: FunctionName, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(functions[name].url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

describe('the built functions, started by functions-framework outside the repository', () => {
  test('do a whole sync over HTTP and list it', async () => {
    const file_path = join(directory, 'feed.json');
    await writeFile(file_path, JSON.stringify([1, 2, 3].map((ordinal) => permitRecord(ordinal))));

    const { run_id, ...download } = await post('download', { execution_id: 'e1', file_path });
    expect(download).toMatchObject({ records_total: 3, chunks_total: 2 });
    expect(await post('ingest-chunk', { run_id, chunk_number: 1 })).toMatchObject({
      records_new: 2,
    });
    expect(await post('ingest-chunk', { run_id, chunk_number: 2 })).toMatchObject({
      records_new: 1,
    });
    expect(await post('finalize', { execution_id: 'e1', outcome: 'completed' })).toMatchObject({
      status: 'completed',
      records_total: 3,
      records_new: 3,
    });
    // Cloud Monitoring's client is not in the bundle, but its credentials library is.
    expect(functions.finalize.log()).not.toContain('metrics_not_written');
    expect(await post('snapshot', { run_id })).toMatchObject({ effectiveness_score: 0 });

    const listed = await fetch(`${functions['sync-api'].url}/api/sync`);
    expect(await listed.json()).toMatchObject({
      runs: [{ id: run_id, status: 'completed', records_total: 3 }],
    });
    const { rows } = await context.pool.query('select count(*)::integer as permits from permits');
    expect(rows).toEqual([{ permits: 3 }]);
  });

  test.each(FUNCTION_NAMES)('guard %s before the framework parses a request', async (name) => {
    const { url } = functions[name];
    const headers = { 'content-type': 'application/json' };
    const send = async (path: string, init: RequestInit) => {
      const answer = await fetch(url + path, { method: 'POST', headers, ...init });
      return [answer.status, await answer.json()];
    };
    const error = expect.anything();
    expect(await send('/api/sync', { body: '{' })).toEqual([
      400,
      expect.objectContaining({ error }),
    ]);
    expect(await send('/%E0%A4%A', {})).toEqual([400, expect.objectContaining({ error })]);
    const foreign = { headers: { ...headers, origin: 'https://evil.example' } };
    expect(await send('/api/sync', foreign)).toEqual([403, expect.objectContaining({ error })]);
    const large = { body: `"${'x'.repeat(70_000)}"` };
    expect(await send('/api/sync', large)).toEqual([413, expect.objectContaining({ error })]);
  });

  test('answer errors with their codes', async () => {
    expect(await post('download', {})).toMatchObject({ error: { code: 'invalid_request' } });
    expect(await post('snapshot', { run_id: 404 })).toMatchObject({
      error: { code: 'run_not_found' },
    });
  });
});
