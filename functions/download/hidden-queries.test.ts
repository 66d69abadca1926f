import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { toErrorBody } from '../shared/http.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { permitRecord } from '../shared/testing/permit-record.ts';
import { startTestServer } from '../shared/testing/start-test-server.ts';
import { downloadFeed } from './download-feed.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => context.pool.query('truncate sync_runs cascade'));

/** Syncs `path` of a portal, and returns everything that is logged, stored and answered. */
async function sync(handle: RequestListener, path: string | null): Promise<string> {
  await using portal = await startTestServer(handle);
  const config = { ...context.config, CKAN_BASE_URL: portal.url };
  const from = context.events.length;
  const file_path = path === null ? null : portal.url + path;
  const request = { execution_id: randomUUID(), trigger: 'manual' as const, file_path };
  const answer = await downloadFeed({ ...context, config }, request).catch(toErrorBody);
  const { rows } = await context.pool.query('select * from sync_runs');
  expect(portal.requests.some((url) => url.includes('secret'))).toBe(true);
  return JSON.stringify([answer, rows, context.events.slice(from)]);
}

function answer(status: number, body: string): RequestListener {
  return (_, response) => response.writeHead(status).end(body);
}

function redirect(location: string): RequestListener {
  return (request, response) => {
    if (request.url?.startsWith('/feed')) response.writeHead(302, { location }).end();
    else response.writeHead(404).end();
  };
}

test.each([
  ['feed_downloaded', answer(200, JSON.stringify([permitRecord(1)]))],
  ['feed_unavailable', answer(500, '')],
  ['feed_not_found', answer(404, '')],
  ['feed_refused', answer(403, '')],
  ['feed_not_json', answer(200, '<html>')],
  ['feed_truncated', answer(200, '{"records": [')],
  ['feed_malformed', answer(200, '{"records": 7}')],
  ['feed_malformed', answer(200, '[7] 8')],
  ['feed_not_found', redirect('/elsewhere?secret')],
  ['feed_refused', redirect('/feed?secret')],
  ['feed_refused', redirect('//[bad?secret')],
  ['source_not_allowed', redirect('https://user:secret@example.com/?secret')],
  ['feed_unavailable', (_, response) => response.write('[{', () => response.destroy())],
] as [string, RequestListener][])('%s does not tell the query of a URL', async (code, handle) => {
  for (const path of ['/feed.json?token=secret', '/feed/datastore_search?token=secret']) {
    const told = await sync(handle, path);
    expect(told).toContain('/feed');
    expect(told).not.toContain('secret');
    if (path.startsWith('/feed.json') || code === 'feed_downloaded') expect(told).toContain(code);
  }
});

test('a page of datastore_search that fails does not tell its query', async () => {
  const told = await sync((request, response) => {
    if (request.url?.includes('offset=0')) response.end('{"result":{"records":[{}],"total":2}}');
    else response.writeHead(503).end();
  }, '/datastore_search?token=secret');
  expect(told).toContain('feed_unavailable');
  expect(told).not.toContain('secret');
});

test('neither does a download URL that the portal lists', async () => {
  const told = await sync((request, response) => {
    const resources = [{ format: 'JSON', url: '/feed.json?token=secret' }];
    if (request.url?.includes('package_show'))
      response.end(JSON.stringify({ result: { resources } }));
    else response.writeHead(503).end();
  }, null);
  expect(told).toContain('feed_unavailable');
  expect(told).not.toContain('secret');
});

test.each([
  ['https://user:secret@example.com/feed.json?secret', 'invalid_request'],
  ['https://bad host/feed?to secret', 'invalid_request'],
  ['ftp://user:secret@example.com/feed?secret', 'source_not_allowed'],
  [' https://example.com/?secret', 'feed_not_found'],
])('the path %s is refused without its query', async (file_path, code) => {
  const request = { execution_id: randomUUID(), trigger: 'manual' as const, file_path };
  const error = toErrorBody(await downloadFeed(context, request).catch((caught) => caught));
  expect(error).toMatchObject({ error: { code } });
  const { rows } = await context.pool.query('select * from sync_runs');
  expect(JSON.stringify([error, rows])).not.toContain('secret');
});
