import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer, json, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { generateRecords } from '../../generate-feed/generate-records.ts';
import { generateFeed } from '../../generate-feed/generate-text.ts';
import { createCkanApi, type FeedSource } from './create-ckan-api.ts';
import { openFeedFile } from './testing/open-feed-file.ts';

const RESOURCE = '6d0229af-bc54-46de-9c2b-26759b01dd05';
const PACKAGE_SHOW = '/api/3/action/package_show?id=building-permits-active-permits';
const SEARCH = `/api/3/action/datastore_search?resource_id=${RESOURCE}`;

const feed = { records: 600, day: 0 };
const records = [...generateRecords(feed)];
const closers: (() => void)[] = [];
let portal: string;
let folder: string;

/** Serves a feed and returns the portal's address. */
async function serve(source: FeedSource, log?: (message: string) => void): Promise<string> {
  const api = createCkanApi({ feed: source, ...(log === undefined ? {} : { log }) });
  const server = express().use(api).listen(0, '127.0.0.1');
  // On a busy machine, 5 seconds can end an idle connection just as fetch uses it again.
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  portal = await serve(() => generateFeed(feed));
  folder = await mkdtemp(path.join(tmpdir(), 'permit-sync-test-'));
});

afterAll(async () => {
  for (const close of closers) close();
  await rm(folder, { recursive: true });
});

/** Gets a response without decoding it, unlike fetch. */
async function getRaw(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).once('error', reject);
  });
}

const packageShow = z.object({
  success: z.literal(true),
  result: z.object({
    resources: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        format: z.string(),
        url: z.string(),
        datastore_active: z.boolean(),
        last_modified: z.string(),
      }),
    ),
  }),
});

async function findDownloadUrl(base: string): Promise<string> {
  const { result } = packageShow.parse(await (await fetch(base + PACKAGE_SHOW)).json());
  const download = result.resources.find(({ format }) => format === 'JSON');
  return download?.url ?? '';
}

const search = z.object({
  success: z.literal(true),
  result: z.object({
    records: z.array(z.record(z.string(), z.unknown())),
    total: z.number(),
    limit: z.number(),
    offset: z.number(),
    fields: z.array(z.object({ id: z.string(), type: z.string() })),
  }),
});

async function searchRecords(query: string): Promise<z.infer<typeof search>['result']> {
  return search.parse(await (await fetch(portal + SEARCH + query)).json()).result;
}

test('the package lists the datastore and the files made from it', async () => {
  const { result } = packageShow.parse(await (await fetch(portal + PACKAGE_SHOW)).json());
  expect(result.resources.map((r) => [r.format, r.datastore_active])).toEqual([
    ['CSV', true],
    ['CSV', false],
    ['XML', false],
    ['JSON', false],
  ]);
  expect(result.resources[0]?.id).toBe(RESOURCE);
  expect(new URL(result.resources[3]?.url ?? '').origin).toBe(portal);
});

test('an unknown package is a 404 in CKAN’s own words', async () => {
  const response = await fetch(`${portal}/api/3/action/package_show?id=nothing`);
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    help: '/api/3/action/help_show?name=package_show',
    success: false,
    error: { message: 'Not found', __type: 'Not Found Error' },
  });
});

test('the JSON download is the feed byte for byte', async () => {
  const response = await getRaw(await findDownloadUrl(portal));
  expect(response.headers['content-encoding']).toBeUndefined();
  expect(response.headers['content-type']).toMatch(/^application\/json/);
  expect(await buffer(response)).toEqual(await buffer(generateFeed(feed)));
});

test('the download is compressed for clients that accept gzip', async () => {
  const response = await getRaw(await findDownloadUrl(portal), { 'accept-encoding': 'gzip' });
  expect(response.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(await buffer(response))).toEqual(await buffer(generateFeed(feed)));
});

test('the pages of the datastore add up to the feed, and each has the total', async () => {
  const first = await searchRecords('&limit=250');
  const second = await searchRecords('&limit=250&offset=250');
  const third = await searchRecords('&limit=250&offset=500');
  expect([first, second, third].map((page) => [page.records.length, page.total])).toEqual([
    [250, 600],
    [250, 600],
    [100, 600],
  ]);
  expect([...first.records, ...second.records, ...third.records]).toEqual(records);
});

test('a page beyond the end is empty', async () => {
  expect(await searchRecords('&offset=600')).toMatchObject({ records: [], total: 600 });
});

test('the limit is 100 by default and 32,000 at most', async () => {
  expect(await searchRecords('')).toMatchObject({ limit: 100, offset: 0 });
  expect(await searchRecords('&limit=50000')).toMatchObject({ limit: 32_000 });
});

test('the fields say which columns are numbers and which are dates', async () => {
  const { fields } = await searchRecords('&limit=1');
  expect(fields.length).toBe(32);
  expect(fields).toContainEqual({ id: '_id', type: 'int' });
  expect(fields).toContainEqual({ id: 'ISSUED_DATE', type: 'date' });
  expect(fields).toContainEqual({ id: 'RESIDENTIAL', type: 'float8' });
  expect(fields).toContainEqual({ id: 'EST_CONST_COST', type: 'text' });
});

test('wrong parameters are refused with CKAN’s status codes', async () => {
  const answers = await Promise.all(
    [
      `${SEARCH}&limit=many`,
      `${SEARCH}&offset=-1`,
      '/api/3/action/datastore_search',
      '/api/3/action/datastore_search?resource_id=nothing',
      '/api/3/action/datastore_search_sql?sql=select',
    ].map(async (url) => (await fetch(portal + url)).status),
  );
  expect(answers).toEqual([409, 409, 409, 404, 400]);
});

test('the dump has lists in the order of its fields, and a byte order mark on request', async () => {
  const dump = `${portal}/datastore/dump/${RESOURCE}?format=json`;
  const { fields, records: rows } = z
    .object({
      fields: z.array(z.object({ id: z.string() })),
      records: z.array(z.array(z.unknown())),
    })
    .parse(JSON.parse(await text(await getRaw(dump))));
  const restored = rows.map((row) =>
    Object.fromEntries(fields.map(({ id }, index) => [id, row[index]])),
  );
  expect(restored).toEqual(records);
  const marked = await buffer(await getRaw(`${dump}&bom=true`));
  expect([...marked.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x7b]);
});

test('a file is served unchanged, plain or .gz, and read again for each request', async () => {
  const plain = path.join(folder, 'feed.json');
  const packed = path.join(folder, 'feed.json.gz');
  await writeFile(plain, '[{"_id": 1, "PERMIT_NUM": "a"}]');
  await writeFile(packed, gzipSync('[{"_id": 2, "PERMIT_NUM": "b"}]'));
  const [plainPortal, packedPortal] = [
    await serve(() => openFeedFile(plain)),
    await serve(() => openFeedFile(packed)),
  ];
  expect(await json(await getRaw(await findDownloadUrl(plainPortal)))).toMatchObject([{ _id: 1 }]);
  expect(await json(await getRaw(await findDownloadUrl(packedPortal)))).toMatchObject([{ _id: 2 }]);
  await writeFile(plain, '[]');
  expect(await json(await getRaw(await findDownloadUrl(plainPortal)))).toEqual([]);
  const empty = await json(await getRaw(plainPortal + SEARCH));
  expect(empty).toMatchObject({ result: { records: [], total: 0 } });
});

test('a missing file gives the portal’s HTML error page, and is logged', async () => {
  const said: string[] = [];
  const missing = path.join(folder, 'nothing.json');
  const broken = await serve(
    () => openFeedFile(missing),
    (message) => said.push(message),
  );
  const response = await fetch(await findDownloadUrl(broken));
  expect([response.status, response.headers.get('content-type')]).toEqual([
    500,
    'text/html; charset=utf-8',
  ]);
  expect(said.join()).toContain('ENOENT');
});

test('a feed that breaks off cuts the connection instead of ending a short answer', async () => {
  const half = '[{"_id": 1, "PERMIT_NUM": "a"}, {"_id": 2';
  const broken = await serve(() => Readable.from([Buffer.from(half)], { objectMode: false }));
  const response = await getRaw(broken + SEARCH);
  await expect(text(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
});
