import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../shared/config.ts';
import { createTestContext, type TestContext } from '../../shared/testing/create-test-context.ts';
import { startTestServer } from '../../shared/testing/start-test-server.ts';
import { openFeed } from './open-feed.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'open-feed-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

async function readFeed(config: Config, filePath: string | null): Promise<string> {
  return (await buffer((await openFeed(config, filePath)).body)).toString();
}

/** A portal that answers package_show with `answer`, and any other request with its own path. */
function startPortal(answer: unknown) {
  const handle: RequestListener = (request, response) => {
    const isPackage = request.url?.startsWith('/api/3/action/package_show');
    response.end(isPackage ? answer : `[${JSON.stringify(request.url)}]`);
  };
  return startTestServer(handle);
}

function describePackage(resources: readonly object[]): string {
  return JSON.stringify({ help: '…', success: true, result: { name: 'permits', resources } });
}

function withPortal(url: string): Config {
  return { ...context.config, CKAN_BASE_URL: url };
}

describe("the City's feed", () => {
  test('is not looked for in an endless response', async () => {
    await using portal = await startPortal(' '.repeat(5_000_000));
    await expect(openFeed(withPortal(portal.url), null)).rejects.toMatchObject({
      code: 'feed_too_large',
      outcome: 'permanent',
      message: expect.stringContaining('package_show'),
    });
  });

  test('is the JSON download that package_show lists', async () => {
    await using portal = await startPortal(
      describePackage([
        { format: 'CSV', url: '/permits.csv' },
        { format: null, url: null },
        { format: 'JSON', url: null },
        { format: 'Json', url: '/download/permits.json' },
      ]),
    );
    expect(await readFeed(withPortal(portal.url), null)).toBe('["/download/permits.json"]');
    expect(portal.requests).toEqual([
      '/api/3/action/package_show?id=building-permits-active-permits',
      '/download/permits.json',
    ]);
  });

  test('is not fetched from a host that is not allowed, even if package_show names it', async () => {
    const url = 'https://elsewhere.example/permits.json';
    await using portal = await startPortal(describePackage([{ format: 'JSON', url }]));
    await expect(openFeed(withPortal(portal.url), null)).rejects.toMatchObject({
      code: 'source_not_allowed',
    });
  });

  test.each(['<html>sorry</html>', '', '{"success": true, "resu'])(
    'cannot be found for now while package_show answers with %j, status 200',
    async (answer) => {
      await using portal = await startPortal(answer);
      await expect(openFeed(withPortal(portal.url), null)).rejects.toMatchObject({
        code: 'feed_not_json',
        outcome: 'transient',
        message: expect.stringContaining('package_show'),
      });
    },
  );

  test('is unavailable (transient) if package_show breaks off', async () => {
    await using portal = await startTestServer((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"success"', () => response.destroy());
    });
    await expect(openFeed(withPortal(portal.url), null)).rejects.toMatchObject({
      code: 'feed_unavailable',
      outcome: 'transient',
    });
  });

  test.each([
    ['CSV, ?', describePackage([{ format: 'CSV', url: '/permits.csv' }, { format: null }])],
    ['none', describePackage([])],
    ['none', '{"success": false, "error": {"message": "Not found"}}'],
  ])('is not found if the package has no JSON download, only: %s', async (formats, answer) => {
    await using portal = await startPortal(answer);
    await expect(openFeed(withPortal(portal.url), null)).rejects.toMatchObject({
      code: 'feed_not_found',
      status: 404,
      message: expect.stringContaining(`its formats: ${formats}`),
    });
  });
});

describe('a datastore_search', () => {
  const path = '/api/3/action/datastore_search?resource_id=x';

  test('is read in pages of the largest size, from its own offset', async () => {
    await using portal = await startPortal('');
    const feed = await openFeed(withPortal(portal.url), `${portal.url}${path}&offset=20`);
    expect(feed.pages?.offset).toBe(20);
    await feed.pages?.open(32_020);
    expect(portal.requests).toEqual([
      `${path}&offset=20&limit=32000&sort=_id`,
      `${path}&offset=32020&limit=32000&sort=_id`,
    ]);
  });

  test('keeps a limit and a sort in its URL', async () => {
    await using portal = await startPortal('');
    await openFeed(withPortal(portal.url), `${portal.url}${path}&limit=7&sort=STATUS`);
    expect(portal.requests).toEqual([`${path}&limit=7&sort=STATUS&offset=0`]);
  });
});

describe('gs://bucket/object', () => {
  test('is read byte for byte', async () => {
    await context.bucket.file('old/feed 1.json').save('[{"a": 1}]');
    const path = `gs://${context.bucket.name}/old/feed 1.json`;
    expect(await readFeed(context.config, path)).toBe('[{"a": 1}]');
  });

  test.each(['absent.json', 'old/'])('is not found without an object %s', async (name) => {
    const path = `gs://${context.bucket.name}/${name}`;
    await expect(openFeed(context.config, path)).rejects.toMatchObject({
      code: 'feed_not_found',
      status: 404,
      message: `${path} does not exist`,
    });
  });

  test('is not found without a bucket', async () => {
    const config = { ...context.config, FEED_ALLOWED_HOSTS: ['gs://no-such-bucket'] };
    await expect(openFeed(config, 'gs://no-such-bucket/x')).rejects.toMatchObject({
      code: 'feed_not_found',
      status: 404,
    });
  });

  test('is refused in a bucket that is neither the feeds’ own nor listed', async () => {
    await expect(openFeed(context.config, 'gs://theirs/x.json')).rejects.toMatchObject({
      code: 'source_not_allowed',
      status: 400,
      message: 'gs://theirs is not a bucket that feeds may come from',
      hint: expect.stringContaining('add gs://theirs to FEED_ALLOWED_HOSTS'),
    });
  });

  test.each(['gs://bucket', 'gs://bucket/', 'gs:///object', 'gs:object'])(
    'is asked for when the path is %s',
    async (path) => {
      await expect(openFeed(context.config, path)).rejects.toMatchObject({
        code: 'invalid_request',
        status: 400,
        message: `${path} is not gs://bucket/object`,
      });
    },
  );

  test('is refused if access is denied', async () => {
    await using storage = await startTestServer((_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end('{"error": {"code": 403, "message": "no storage.objects.get access"}}');
    });
    const FEED_ALLOWED_HOSTS = ['gs://theirs'];
    const config = { ...context.config, GOOGLE_API_ENDPOINT: storage.url, FEED_ALLOWED_HOSTS };
    await expect(openFeed(config, 'gs://theirs/feed.json')).rejects.toMatchObject({
      code: 'feed_refused',
      outcome: 'permanent',
      message: expect.stringContaining('gs://theirs/feed.json'),
    });
  });
});

describe('a local file', () => {
  test('is read if the configuration allows it', async () => {
    const path = join(folder, 'feed.json');
    await writeFile(path, '[{"a": 1}]');
    expect(await readFeed(context.config, path)).toBe('[{"a": 1}]');
  });

  test.each(['/etc/hostname', 'feed.json', 'file:///etc/hostname', 'C:\\feed.json'])(
    'is refused where it does not: %s',
    async (path) => {
      const config = { ...context.config, FEED_ALLOW_LOCAL_FILES: false };
      await expect(openFeed(config, path)).rejects.toMatchObject({
        code: 'source_not_allowed',
        status: 400,
      });
    },
  );

  test.each(['file:///etc/hostname', 'ftp://127.0.0.1/feed.json'])(
    'is not given by a URL: %s',
    async (path) => {
      await expect(openFeed(context.config, path)).rejects.toMatchObject({
        code: 'source_not_allowed',
        status: 400,
      });
    },
  );

  test('is not found if it does not exist', async () => {
    await expect(openFeed(context.config, join(folder, 'absent.json'))).rejects.toMatchObject({
      code: 'feed_not_found',
      status: 404,
      message: expect.stringContaining('ENOENT'),
    });
  });
});
