import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { type IncomingMessage, type OutgoingHttpHeaders, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../functions/function-names.ts';
import { createPool } from '../../functions/shared/database.ts';
import {
  type ClonedDatabase,
  cloneDatabase,
} from '../../functions/shared/testing/clone-database.ts';
import { type ChosenFeed, chooseFeed } from './ckan/choose-feed.ts';
import { type LocalCloud, startLocalCloud } from './start-local-cloud.ts';

const APIS = {
  workflows: '/v1/projects/local-project/locations/northamerica-northeast2/workflows',
  executions:
    '/v1/projects/local-project/locations/northamerica-northeast2/workflows/permit-sync/executions',
  storage: '/storage/v1/b',
  uploads: '/upload/storage/v1/b/permit-sync-feeds/o?uploadType=media&name=x',
  pubsub: '/v1/projects/local-project/topics/sync-trigger:publish',
  monitoring: '/v3/projects/local-project/timeSeries',
  nothing: '/nothing',
};
const SERVERS = [...Object.keys(APIS), 'portal', ...FUNCTION_NAMES];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What a page can send without asking first, what it cannot, and nothing. */
const TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json',
  undefined,
];
const FOREIGN: readonly (readonly [string, OutgoingHttpHeaders])[] = [
  ['http://evil.example', { origin: 'http://evil.example' }],
  ['null', { origin: 'null' }],
  ['cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['same-site', { 'sec-fetch-site': 'same-site' }],
  ['rebound.example', { host: 'rebound.example' }],
  ['rebound.example', { host: 'rebound.example', 'sec-fetch-site': 'same-origin' }],
];
const BODY = '{"file_path": "/etc/hostname"}';

let database: ClonedDatabase;
let directory: string;
let feed: ChosenFeed;
let cloud: LocalCloud;

beforeAll(async () => {
  database = await cloneDatabase();
  directory = await mkdtemp(join(tmpdir(), 'foreign-pages-'));
  feed = await chooseFeed({ dataDirectory: directory, records: 10 });
  cloud = await startLocalCloud({
    dataDirectory: directory,
    databaseUrl: database.url,
    functionsEnvironment: feed.functionsEnvironment,
  });
});

afterAll(async () => {
  await cloud.stop();
  await feed.stop();
  await rm(directory, { recursive: true });
  await database[Symbol.asyncDispose]();
});

function urlOf(server: string): string {
  if (server === 'portal') return `${feed.functionsEnvironment.CKAN_BASE_URL}/api/3/action/any`;
  if (server === 'sync-api') return `${cloud.functions['sync-api'].url}/api/sync`;
  const [name] = FUNCTION_NAMES.filter((each) => each === server);
  if (name !== undefined) return cloud.functions[name].url;
  return cloud.endpoint + APIS[server as keyof typeof APIS];
}

/** Unlike fetch, this sends any Host and Origin. */
async function call(url: string, method: string, headers: OutgoingHttpHeaders, body = BODY) {
  const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) };
  const request = send(url, { method, headers: { ...length, ...headers } });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  request.end(method === 'GET' ? undefined : body);
  const response = await answered;
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    cors: response.headers['access-control-allow-origin'],
    text: await text(response),
  };
}

function typed(type: string | undefined): OutgoingHttpHeaders {
  return type === undefined ? {} : { 'content-type': type };
}

/** What a refused request must not have changed. */
async function readState(): Promise<unknown> {
  const pool = await createPool(cloud.config);
  const { rows } = await pool.query('select count(*) from sync_runs');
  await pool.end();
  const objects = await call(`${cloud.endpoint}/storage/v1/b/permit-sync-feeds/o`, 'GET', {});
  const workflows = await call(cloud.endpoint + APIS.workflows, 'GET', {});
  return { rows, objects, workflows, executions: cloud.workflows.listExecutions('permit-sync') };
}

describe('a request of somebody else’s page', () => {
  test.each(SERVERS.flatMap((server) => METHODS.map((method) => [server, method] as const)))(
    'to %s with %s is a 403 in JSON that names the value, and changes nothing',
    async (server, method) => {
      const before = await readState();
      for (const type of TYPES) {
        for (const [value, headers] of FOREIGN) {
          const answer = await call(urlOf(server), method, { ...typed(type), ...headers });
          expect(answer).toMatchObject({ status: 403, cors: undefined });
          expect(answer.type).toMatch(/^application\/json/);
          const { error, message = error.message } = JSON.parse(answer.text);
          expect(message).toContain(JSON.stringify(value));
        }
      }
      expect(await readState()).toEqual(before);
    },
  );
});

test('every file that the local cloud keeps is for its user only', async () => {
  const folders = ['logs', 'monitoring', 'pubsub', 'storage', 'workflows'];
  for (const folder of folders) {
    const path = join(directory, folder);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      expect([file, (await stat(file)).mode & 0o777]).toEqual([file, 0o600]);
    }
  }
});

describe('the form of a refusal', () => {
  const headers = { origin: 'http://evil.example' };
  const message = expect.stringContaining('evil.example');

  test.each([
    ['download', { error: { code: 'caller_refused', message } }],
    ['sync-api', { error: 'caller_refused', message }],
    ['pubsub', { error: { code: 403, status: 'PERMISSION_DENIED', message } }],
    ['storage', { error: { code: 403, errors: [{ reason: 'forbidden' }], message } }],
    ['portal', { success: false, error: { __type: 'Authorization Error', message } }],
  ])('of %s is that of its API', async (server, body) => {
    const answer = await call(urlOf(server), 'POST', headers);
    expect(JSON.parse(answer.text)).toMatchObject(body);
  });
});

describe('the Google APIs', () => {
  const forms = TYPES.slice(0, 3);

  test.each(
    ['workflows', 'executions', 'storage', 'pubsub', 'monitoring'].flatMap((api) =>
      forms.map((type) => [api, type] as const),
    ),
  )('refuse a body for %s under %s, whoever sends it', async (api, type) => {
    const answer = await call(urlOf(api), 'POST', typed(type), '{}');
    expect(answer.status).toBe(400);
    const { error } = JSON.parse(answer.text);
    expect(error).toMatchObject({ code: 400, message: expect.stringContaining(type ?? '') });
  });

  test('take an upload under text/plain, which is the object’s own type', async () => {
    expect((await call(urlOf('uploads'), 'POST', typed('text/plain'))).status).toBe(200);
  });
});

/** Which servers have a body to parse. */
const PARSING = SERVERS.filter((server) => !['portal', 'nothing', 'uploads'].includes(server));
const JSON_TYPE = 'application/json';

function expectRefusal(answer: { status: number | undefined; type: unknown; text: string }) {
  expect([400, 413]).toContain(answer.status);
  expect(answer.type).toMatch(/^application\/json/);
  expect(JSON.parse(answer.text)).toHaveProperty('error');
  // No stack, and no path of this machine.
  expect(answer.text).not.toMatch(/node_modules|\.[jt]s:\d|\/tmp\/|file:/);
}

describe('a request that is not valid', () => {
  test.each(PARSING)('is refused in JSON by %s', async (server) => {
    const url = urlOf(server);
    const { origin } = new URL(url);
    for (const [target, headers, body] of [
      [url, { 'content-type': JSON_TYPE }, '{"file_path": '],
      [url, { 'content-type': `${JSON_TYPE}; charset=nonsense` }, BODY],
      [url, { 'content-type': JSON_TYPE, 'content-encoding': 'nonsense' }, BODY],
      [url, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }, BODY],
      [`${origin}/%E0%A4%A`, { 'content-type': JSON_TYPE }, BODY],
    ] as const) {
      expectRefusal(await call(target, 'POST', headers, body));
    }
  });

  test.each(['GET', 'POST', 'DELETE'])('has JSON where nothing is: %s', async (method) => {
    for (const server of ['nothing', 'portal']) {
      const answer = await call(`${new URL(urlOf(server)).origin}/nothing`, method, {});
      expect(answer).toMatchObject({
        status: 404,
        type: expect.stringMatching(/^application\/json/),
      });
    }
  });

  test.each(FUNCTION_NAMES)('is a 413 in JSON for %s if it is too large', async (name) => {
    const answer = await call(urlOf(name), 'POST', typed(JSON_TYPE), `"${'x'.repeat(70_000)}"`);
    expect(answer.status).toBe(413);
    expectRefusal(answer);
  });

  test.each([
    ['download', { execution_id: 'e', resume_run_id: 2 ** 31 }],
    ['download', { execution_id: 'e\0' }],
    ['download', { execution_id: 'e', file_path: 'a\0b' }],
    ['download', { execution_id: 'e', message_id: '\0' }],
    ['download', { execution_id: 'e', file_path: 'x'.repeat(2049) }],
    ['ingest-chunk', { run_id: 2 ** 31, chunk_number: 1 }],
    ['ingest-chunk', { run_id: 1, chunk_number: 2 ** 31 }],
    ['snapshot', { run_id: 2 ** 31 }],
    ['sync-api', { file_path: 'a\0b' }],
    ['sync-api', { file_path: 'x'.repeat(2049) }],
  ])('is a 400 of %s for a value that cannot be stored', async (name, request) => {
    const before = await readState();
    const answer = await call(urlOf(name), 'POST', typed(JSON_TYPE), JSON.stringify(request));
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('invalid_request') });
    expect(await readState()).toEqual(before);
  });
});

test.each([undefined, 'application/x-www-form-urlencoded', 'text/plain', JSON_TYPE])(
  'sync-api takes JSON under the content type %s from a program',
  async (type) => {
    const answer = await call(urlOf('sync-api'), 'POST', typed(type), '{"file_path": " "}');
    expect(JSON.parse(answer.text)).toEqual({ error: 'file_path is required' });
    const unknown = await call(urlOf('sync-api'), 'POST', typed(type), '{"file_path":"a","b":1}');
    expect(JSON.parse(unknown.text)).toMatchObject({ message: expect.stringContaining('"b"') });
  },
);

describe('a program of this machine, and a page of the server’s own', () => {
  test.each(SERVERS)('gets through to %s', async (server) => {
    const url = urlOf(server);
    const { host, port } = new URL(url);
    for (const headers of [
      {},
      { host: `localhost:${port}` },
      { host: `[::1]:${port}` },
      { origin: `http://${host}` },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ]) {
      expect((await call(url, 'GET', headers)).status).not.toBe(403);
    }
  });
});
