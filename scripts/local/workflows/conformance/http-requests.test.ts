import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createWorkflowsService } from '../create-workflows-service.ts';
import { runSnippet, type SnippetOptions } from './testing/run-snippet.ts';
import { answerJson, useServer } from './testing/use-server.ts';

const serve = useServer();

/** Calls http.<method> with these lines of args and returns the response or error. */
function call(method: string, args: string, answer = 'response'): string {
  return [
    '- call_it:',
    '    try:',
    `      call: http.${method}`,
    `      args: ${args}`,
    '      result: response',
    '    except:',
    '      as: error',
    '      steps:',
    '        - caught:',
    `            return: \${error}`,
    '- answer:',
    `    return: \${${answer}}`,
  ].join('\n');
}

async function runCall(method: string, args: string, answer?: string, options?: SnippetOptions) {
  const outcome = await runSnippet(call(method, args, answer), options);
  expect(outcome.refused).toBeUndefined();
  return JSON.parse(outcome.result ?? 'null');
}

describe('a response', () => {
  test('has body, code and headers, with canonical names and repeated headers merged', async () => {
    const { url } = await serve((_request, response) => {
      response.setHeader('X-Twice', ['a', 'b']);
      answerJson('{"a":[1,1.0]}')(_request, response);
    });
    const { result } = await runSnippet(call('get', `{url: "${url}"}`, 'response.body'));
    expect(result).toBe('{"a":[1,1.0]}');
    expect(await runCall('get', `{url: "${url}"}`)).toMatchObject({
      code: 200,
      headers: { 'Content-Type': 'application/json', 'X-Twice': 'a,b' },
    });
  });

  test('that is not JSON is text', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(201, { 'content-type': 'text/html' }).end('<p>');
    });
    expect(await runCall('get', `{url: "${url}"}`)).toMatchObject({ body: '<p>', code: 201 });
  });

  test('with status 399, an empty body or JSON other than a map is not an error', async () => {
    const { url } = await serve((request, response) => {
      const json = { 'content-type': 'application/problem+json' };
      if (request.path === '/399') response.writeHead(399).end();
      else if (request.path === '/empty') response.writeHead(200, json).end();
      else response.writeHead(200, json).end('[1]');
    });
    expect(await runCall('get', `{url: "${url}/399"}`)).toMatchObject({ code: 399, body: '' });
    expect(await runCall('get', `{url: "${url}/empty"}`)).toMatchObject({ body: null });
    expect(await runCall('get', `{url: "${url}/list"}`)).toMatchObject({ body: [1] });
  });

  test('with binary content gives bytes', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.end(Buffer.from([0xff, 0x00]));
    });
    const answer = 'base64.encode(response.body)';
    expect(await runCall('get', `{url: "${url}"}`, answer)).toBe('/wA=');
  });

  test('with status 3xx is not followed', async () => {
    const { url, received } = await serve((_request, response) => {
      response.writeHead(302, { location: '/other' }).end();
    });
    expect(await runCall('get', `{url: "${url}"}`)).toMatchObject({ code: 302 });
    expect(received).toHaveLength(1);
  });

  test('with status 4xx or 5xx raises HttpError with body, code, headers and message', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(Number(request.path.slice(1)), { 'content-type': 'application/json' });
      response.end('{"error":{"code":"gone"}}');
    });
    for (const code of [400, 404, 500, 503]) {
      expect(await runCall('get', `{url: "${url}/${code}"}`)).toEqual({
        body: { error: { code: 'gone' } },
        code,
        headers: expect.objectContaining({ 'Content-Type': 'application/json' }),
        message: `HTTP server responded with error code ${code}`,
        tags: ['HttpError'],
      });
    }
  });

  test('with an uncaught 404 shows its message, step, line and fields', async () => {
    const { url } = await serve((_request, response) => response.writeHead(404).end('no'));
    const source = `- read_input_file:\n    call: http.get\n    args: {url: "${url}"}\n`;
    const { context } = await runSnippet(source);
    expect(context).toMatch(
      /^HTTP server responded with error code 404\nin step "read_input_file", routine "main", line: 2\n{\n {2}"body": "no",\n {2}"code": 404,/,
    );
  });

  test('that claims to be JSON but is not raises ResponseTypeError', async () => {
    const { url } = await serve(answerJson('<html>'));
    expect(await runCall('get', `{url: "${url}"}`)).toMatchObject({ tags: ['ResponseTypeError'] });
  });

  test('larger than 2 MB ends the execution', async () => {
    const { url } = await serve(answerJson(`"${'x'.repeat(2 * 1024 * 1024)}"`));
    const { error } = await runSnippet(`- get:\n    call: http.get\n    args: {url: "${url}"}\n`);
    expect(error).toMatchObject({
      message: 'ResourceLimitError: HTTP response size exceeds the limit of 2097152 bytes',
      tags: ['ResourceLimitError'],
    });
  });

  test('larger than 512 KB does not fit a variable', async () => {
    const list = JSON.stringify(Array.from({ length: 3 }, () => 'x'.repeat(200_000)));
    const { url } = await serve(answerJson(list));
    const { error } = await runSnippet(call('get', `{url: "${url}"}`));
    expect(error).toMatchObject({ tags: ['ResourceLimitError'] });
  });
});

describe('a request', () => {
  test('sends a map as JSON and keeps integers and doubles distinct', async () => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('post', `{url: "${url}", body: {i: 1, d: 1.0, n: null}}`);
    expect(received[0]).toMatchObject({
      method: 'POST',
      body: '{"d":1.0,"i":1,"n":null}',
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
  });

  test.each([
    ['{"content-type": "text/plain"}', 'hello', 'hello'],
    ['{"Content-Type": "application/x-www-form-urlencoded"}', 'a=1 2&b=ü', 'a=1%202&b=%C3%BC'],
  ])('encodes a string by its Content-Type %s', async (headers, body, sent) => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('post', `{url: "${url}", headers: ${headers}, body: "${body}"}`);
    expect(received[0]?.body).toBe(sent);
  });

  test('with a null body sends no body', async () => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('post', `{url: "${url}", body: null}`);
    expect(received[0]).toMatchObject({ body: '', headers: { 'content-length': '0' } });
  });

  test('sends bytes unchanged', async () => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('put', `{url: "${url}", body: '\${text.encode("raw")}'}`);
    expect(received[0]).toMatchObject({
      method: 'PUT',
      body: 'raw',
      headers: { 'content-type': 'application/octet-stream' },
    });
  });

  test('refuses a body that does not fit its Content-Type', async () => {
    const { url } = await serve(answerJson('{}'));
    const args = `{url: "${url}", headers: {content-type: application/json}, body: "text"}`;
    expect(await runCall('post', args)).toMatchObject({ tags: ['TypeError'] });
  });

  test('appends the query, encoded, with lists as repeated parameters', async () => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('get', `{url: "${url}/p?x=1", query: {a: "b c&", n: 2, t: true, l: [1, 2]}}`);
    const sent = new URL(received[0]?.path ?? '', url);
    expect(sent.pathname).toBe('/p');
    expect([...sent.searchParams]).toEqual([
      ['x', '1'],
      ['a', 'b c&'],
      ['n', '2'],
      ['t', 'true'],
      ['l', '1'],
      ['l', '2'],
    ]);
  });

  test('has the service as its user agent, after a given one', async () => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('get', `{url: "${url}"}`);
    await runCall('get', `{url: "${url}", headers: {User-Agent: mine}}`);
    const agent = 'GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)';
    expect(received.map(({ headers }) => headers['user-agent'])).toEqual([agent, `mine ${agent}`]);
  });

  test.each(['get', 'post', 'put', 'patch', 'delete'])('http.%s uses its method', async (name) => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall(name, `{url: "${url}"}`);
    expect(received[0]?.method).toBe(name.toUpperCase());
  });

  test('http.request takes the method as an argument', async () => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('request', `{url: "${url}", method: OPTIONS}`);
    expect(received[0]?.method).toBe('OPTIONS');
  });

  test('with OIDC may use http only on loopback', async () => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('get', `{url: "${url}", auth: {type: OIDC, audience: "${url}"}}`);
    expect(received).toHaveLength(1);
    const elsewhere = '{url: "http://functions.example", auth: {type: OIDC}}';
    expect(await runCall('get', elsewhere)).toMatchObject({ tags: ['AuthError'] });
  });

  test('with OAuth2 may only go to Google', async () => {
    const elsewhere = '{url: "https://functions.example", auth: {type: OAuth2}}';
    expect(await runCall('get', elsewhere)).toMatchObject({ tags: ['AuthError'] });
  });

  test.each(['application/json', 'application/vnd.api+json; charset=utf-8'])(
    'sends a map as JSON under its own Content-Type %s',
    async (type) => {
      const { url, received } = await serve(answerJson('{}'));
      await runCall('post', `{url: "${url}", headers: {Content-Type: ${type}}, body: {a: 1}}`);
      expect(received[0]).toMatchObject({ body: '{"a":1}', headers: { 'content-type': type } });
    },
  );

  test('sends lists, numbers and strings as JSON without a Content-Type', async () => {
    const { url, received } = await serve(answerJson('{}'));
    for (const body of ['[1, a]', '-14.5', '"text"', 'true']) {
      await runCall('post', `{url: "${url}", body: ${body}}`);
    }
    expect(received.map((one) => one.body)).toEqual(['[1,"a"]', '-14.5', '"text"', 'true']);
  });

  test('accepts and ignores a private service and a certificate', async () => {
    const { url, received } = await serve(answerJson('{}'));
    await runCall('get', `{url: "${url}", private_service_name: a/b, ca_certificate: pem}`);
    expect(received).toHaveLength(1);
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'patch'])(
    'of http.request may be %s',
    async (method) => {
      const { url, received } = await serve(answerJson('{}'));
      await runCall('request', `{url: "${url}", method: ${method}}`);
      expect(received[0]?.method).toBe(method.toUpperCase());
    },
  );

  test.each([
    ['post', '{headers: {content-type: image/png}, body: {a: 1}}', 'ValueError'],
    ['post', '{headers: {content-type: text/plain}, body: {a: 1}}', 'TypeError'],
    [
      'post',
      '{headers: {content-type: application/x-www-form-urlencoded}, body: {a: 1}}',
      'TypeError',
    ],
    ['post', '{headers: {content-type: application/json}, body: [1]}', 'TypeError'],
    ['post', `{body: {a: '\${text.encode("x")}'}}`, 'TypeError'],
    ['get', '{headers: text}', 'TypeError'],
    ['get', '{headers: {a: [1]}}', 'TypeError'],
    ['get', '{query: text}', 'TypeError'],
    ['get', '{query: {a: {b: 1}}}', 'TypeError'],
    ['get', '{timeout: "300"}', 'TypeError'],
    ['get', '{timeout: -1}', 'ValueError'],
    ['get', '{auth: OIDC}', 'TypeError'],
    ['get', '{auth: {type: Basic}}', 'ValueError'],
    ['get', '{auth: {}}', 'ValueError'],
    ['request', '{method: TRACE}', 'ValueError'],
    ['request', '{method: 5}', 'TypeError'],
  ])('http.%s with %s is a %s before anything is sent', async (method, args, tag) => {
    const { url, received } = await serve(answerJson('{}'));
    const error = await runCall(method, args.replace('{', `{url: "${url}", `));
    expect(error).toMatchObject({ tags: [tag] });
    expect(received).toEqual([]);
  });

  test.each(['5', '""', '"not a url"', '"file:///etc/passwd"'])(
    'refuses the URL %s',
    async (url) => {
      const { tags } = await runCall('get', `{url: ${url}}`);
      expect(['TypeError', 'ValueError']).toContain(tags[0]);
    },
  );

  test.each([0, 1801])('refuses a timeout of %i seconds', async (timeout) => {
    const args = `{url: "http://127.0.0.1:1", timeout: ${timeout}}`;
    expect(await runCall('get', args)).toMatchObject({ tags: ['ValueError'] });
  });

  test('refuses an invalid URL', async () => {
    expect(await runCall('get', '{url: "ftp://x"}')).toMatchObject({ tags: ['ValueError'] });
  });
});

describe('a request without a response', () => {
  test('raises ConnectionFailedError if nothing listens', async () => {
    const { url, close } = await serve(answerJson('{}'));
    await close();
    expect(await runCall('get', `{url: "${url}"}`)).toMatchObject({
      tags: ['ConnectionFailedError'],
    });
  });

  test('raises ConnectionError if the connection breaks', async () => {
    const { url } = await serve((_request, response) => response.destroy());
    expect(await runCall('get', `{url: "${url}"}`)).toMatchObject({ tags: ['ConnectionError'] });
  });

  test('raises ConnectionError if the response breaks off', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('part', () => response.destroy());
    });
    expect(await runCall('get', `{url: "${url}"}`)).toMatchObject({ tags: ['ConnectionError'] });
  });

  test.each([
    ['{url: "URL"}', 300],
    ['{url: "URL", timeout: 1800}', 1800],
  ])('raises TimeoutError after its time-out: %s → %i s', async (args, seconds) => {
    const clock = createVirtualClock();
    const started = clock.now();
    const { url } = await serve(() => {
      clock.advance(seconds - 1);
      // Not yet: one second is left.
      setImmediate(() => clock.advance(1));
    });
    const error = await runCall('get', args.replace('URL', url), undefined, { clock });
    expect(error).toEqual({ message: 'request timed out', tags: ['TimeoutError', 'OSError'] });
    expect(clock.now() - started).toBe(seconds);
  });
});

test("Node's fetch can replace the built-in one", async () => {
  const { url } = await serve(answerJson('{"a":1.0}'));
  const service = createWorkflowsService({ projectId: 'demo', location: 'here', fetch });
  const source = `- get:\n    call: http.get\n    args: {url: "${url}"}\n    result: r\n- done:\n    return: \${r.body}\n`;
  service.deploy({ workflowId: 'w', source });
  const { name } = service.createExecution({ workflowId: 'w' });
  const ended = await service.waitForExecution(name.split('/').at(-1) ?? '');
  expect(ended.result).toBe('{"a":1.0}');
});

test('twenty parallel requests run concurrently', async () => {
  const waiting: ServerResponse[] = [];
  const { url } = await serve((_request, response) => {
    waiting.push(response);
    // No request gets a response before all twenty have arrived.
    if (waiting.length === 20) for (const one of waiting) one.end();
  });
  const source = [
    '- ask:',
    '    parallel:',
    '      for:',
    '        value: n',
    '        range: [1, 20]',
    '        steps:',
    '          - get:',
    '              call: http.get',
    `              args: {url: "${url}"}`,
  ].join('\n');
  expect((await runSnippet(source)).result).toBe('null');
});
