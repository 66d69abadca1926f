import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { startTestServer } from '../../shared/testing/start-test-server.ts';
import { fetchAllowed } from './fetch-allowed.ts';

function configure(ckanBaseUrl: string, allowedHosts: readonly string[] = []) {
  return parseConfig({
    GOOGLE_CLOUD_PROJECT: 'test-project',
    FEED_BUCKET: 'feeds',
    DATABASE_URL: 'postgres://127.0.0.1/none',
    CKAN_BASE_URL: ckanBaseUrl,
    FEED_ALLOWED_HOSTS: allowedHosts.join(','),
  });
}

const portal = 'https://portal.example';

async function fetchText(...args: Parameters<typeof fetchAllowed>): Promise<string> {
  return (await buffer(await fetchAllowed(...args))).toString();
}

/** Answers `/` with a redirect to `location`, anything else with "arrived". */
function startRedirector(location: string) {
  return startTestServer((request, response) => {
    if (request.url === '/') response.writeHead(302, { location }).end('moved');
    else response.end('arrived');
  });
}

describe('the allow list', () => {
  test.each([
    ['a host that is not listed', 'https://elsewhere.example/feed.json', []],
    [
      'http on a host that is listed by its name',
      'http://files.example/feed.json',
      ['files.example'],
    ],
    ['another port of a listed host', 'https://files.example:8443/', ['files.example']],
    ['a subdomain of a listed host', 'https://x.files.example/', ['files.example']],
    ['http on the portal, whose base URL is https', 'http://portal.example/feed.json', []],
    ['another port of the portal', 'https://portal.example:8443/feed.json', []],
    ['a data URL', 'data:application/json,[]', []],
  ])('refuses %s', async (_, address, allowed) => {
    await expect(fetchAllowed(configure(portal, allowed), address)).rejects.toMatchObject({
      code: 'source_not_allowed',
      outcome: 'permanent',
      status: 400,
      hint: expect.stringContaining('FEED_ALLOWED_HOSTS'),
    });
  });

  test('allows https on a listed host, in upper or lower case', async () => {
    // The lookup of the name shows that it was allowed.
    const config = configure(portal, ['LOCALHOST:1']);
    await expect(fetchAllowed(config, 'https://LocalHost:1/feed.json')).rejects.toMatchObject({
      message: expect.stringMatching(
        /^https:\/\/localhost:1: localhost resolves to .*, which is not a public address$/,
      ),
    });
  });

  test('allows a listed origin, even over http', async () => {
    await using server = await startTestServer((_, response) => response.end('[]'));
    expect(await fetchText(configure(portal, [server.url]), server.url)).toBe('[]');
  });

  test('refuses a URL with a password and does not repeat it', async () => {
    const fetching = fetchAllowed(configure(portal), 'https://me:secret@portal.example/feed.json');
    const error = await fetching.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid_request', status: 400 });
    expect(String(error)).not.toContain('secret');
  });

  test('calls an address that is not a URL an invalid request', async () => {
    await expect(fetchAllowed(configure(portal), 'https://')).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
    });
  });
});

describe('private addresses', () => {
  test.each([
    'https://localhost',
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://10.1.2.3',
    'https://169.254.169.254',
    'https://[fd00:ec2::254]',
    'https://[64:ff9b::7f00:1]',
  ])('are refused if the host is listed by name only: %s', async (address) => {
    let connections = 0;
    const listener = createServer();
    await using server = await startTestServer(listener);
    listener.on('connection', () => {
      connections += 1;
    });
    const { host, href } = new URL(`${address}:${new URL(server.url).port}/feed.json`);
    await expect(fetchAllowed(configure(portal, [host]), href)).rejects.toMatchObject({
      code: 'source_not_allowed',
      outcome: 'permanent',
      status: 400,
      message: expect.stringMatching(/not a public address$/),
      hint: expect.stringContaining(`add https://${host}, scheme included, to FEED_ALLOWED_HOSTS`),
    });
    expect(connections).toBe(0);
  });

  test('are refused as the target of a redirect', async () => {
    await using server = await startRedirector('https://169.254.169.254/computeMetadata/v1/');
    const config = configure(server.url, ['169.254.169.254']);
    await expect(fetchAllowed(config, server.url)).rejects.toMatchObject({
      code: 'source_not_allowed',
      message: 'https://169.254.169.254: 169.254.169.254 is not a public address',
    });
  });

  test('are allowed for the portal and for origins listed in full', async () => {
    await using server = await startTestServer((_, response) => response.end('[]'));
    const origin = `http://localhost:${new URL(server.url).port}`;
    expect(await fetchText(configure(portal, [origin]), origin)).toBe('[]');
    expect(await fetchText(configure(origin), origin)).toBe('[]');
  });
});

describe('redirects', () => {
  test.each(['/feed.json', 'feed.json', '?page=2'])(
    'are followed when relative: %s',
    async (to) => {
      await using server = await startRedirector(to);
      expect(await fetchText(configure(server.url), server.url)).toBe('arrived');
    },
  );

  test('are followed to an allowed host', async () => {
    await using files = await startTestServer((_, response) => response.end('from the files'));
    await using server = await startRedirector(`${files.url}/feed.json`);
    const config = configure(server.url, [files.url]);
    expect(await fetchText(config, server.url)).toBe('from the files');
  });

  test('are not followed to a host that is not allowed', async () => {
    await using inside = await startTestServer((_, response) => response.end('secret'));
    await using server = await startRedirector(`${inside.url}/computeMetadata/v1/`);
    await expect(fetchAllowed(configure(server.url), server.url)).rejects.toMatchObject({
      code: 'source_not_allowed',
      status: 400,
    });
    expect(inside.requests).toEqual([]);
  });

  test('are refused if they never end', async () => {
    await using server = await startTestServer((request, response) =>
      response.writeHead(307, { location: request.url }).end(),
    );
    await expect(fetchAllowed(configure(server.url), server.url)).rejects.toMatchObject({
      code: 'feed_refused',
      outcome: 'permanent',
    });
    expect(server.requests).toHaveLength(6);
  });

  test('are refused without a valid target', async () => {
    await using server = await startRedirector('https://');
    await expect(fetchAllowed(configure(server.url), server.url)).rejects.toMatchObject({
      code: 'feed_refused',
      outcome: 'permanent',
    });
  });
});

describe('failures', () => {
  test.each([
    [404, 'feed_not_found', 'permanent', 404],
    [410, 'feed_not_found', 'permanent', 404],
    [403, 'feed_refused', 'permanent', 422],
    [304, 'feed_refused', 'permanent', 422],
    [408, 'feed_unavailable', 'transient', 503],
    [429, 'feed_unavailable', 'transient', 503],
    [500, 'feed_unavailable', 'transient', 503],
    [503, 'feed_unavailable', 'transient', 503],
  ])('status %i is %s (%s)', async (answered, code, outcome, status) => {
    await using server = await startTestServer((_, response) =>
      response.writeHead(answered).end('<html>no</html>'),
    );
    await expect(fetchAllowed(configure(server.url), `${server.url}/x`)).rejects.toMatchObject({
      code,
      outcome,
      status,
      message: `${server.url}/x answered with status ${answered}`,
    });
  });

  test.each(['127.0.0.1', 'localhost'])('a refused connection to %s is transient', async (host) => {
    const { url, ...server } = await startTestServer(() => {});
    await server[Symbol.asyncDispose]();
    const origin = `http://${host}:${new URL(url).port}`;
    await expect(fetchAllowed(configure(origin), origin)).rejects.toMatchObject({
      code: 'feed_unavailable',
      outcome: 'transient',
      message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED/),
    });
  });

  test('a connection that breaks before the response is transient', async () => {
    await using server = await startTestServer((request) => request.socket.destroy());
    await expect(fetchAllowed(configure(server.url), server.url)).rejects.toMatchObject({
      code: 'feed_unavailable',
      outcome: 'transient',
    });
  });

  test('a connection that breaks inside the body is transient, and the message names the address', async () => {
    await using server = await startTestServer((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('[{"a": 1},', () => response.destroy());
    });
    await expect(fetchText(configure(server.url), `${server.url}/feed.json`)).rejects.toMatchObject(
      {
        code: 'feed_unavailable',
        outcome: 'transient',
        message: expect.stringContaining(`${server.url}/feed.json broke: `),
      },
    );
  });
});

describe('Content-Encoding: gzip', () => {
  const serve = (body: Buffer) =>
    startTestServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
      response.end(body);
    });

  test('is decoded', async () => {
    await using server = await serve(gzipSync('[{"a": 1}]'));
    expect(await fetchText(configure(server.url), server.url)).toBe('[{"a": 1}]');
  });

  test('is transient if it is corrupt: the portal or the network is at fault', async () => {
    const body = gzipSync('x'.repeat(10_000));
    body.fill(0xff, 12);
    await using server = await serve(body);
    await expect(fetchText(configure(server.url), server.url)).rejects.toMatchObject({
      code: 'feed_unavailable',
      outcome: 'transient',
    });
  });
  test.each(['UTF-8', '', 'aws-chunked', 'identity', 'utf-8, aws-chunked'])(
    'is not what %j means: the bytes are read as they are',
    async (encoding) => {
      await using server = await startTestServer((_, response) => {
        response.writeHead(200, { 'content-encoding': encoding }).end('[{"a": 1}]');
      });
      expect(await fetchText(configure(server.url), server.url)).toBe('[{"a": 1}]');
    },
  );

  test('is decoded beside a token that is no coding', async () => {
    await using server = await startTestServer((_, response) => {
      const headers = { 'content-encoding': 'aws-chunked, GZIP' };
      response.writeHead(200, headers).end(gzipSync('[{"a": 1}]'));
    });
    expect(await fetchText(configure(server.url), server.url)).toBe('[{"a": 1}]');
  });

  test('is the only encoding accepted besides identity', async () => {
    await using server = await startTestServer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'br' }).end('?'),
    );
    await expect(fetchAllowed(configure(server.url), server.url)).rejects.toMatchObject({
      code: 'feed_refused',
      message: expect.stringContaining('encoded as br'),
    });
  });
});
