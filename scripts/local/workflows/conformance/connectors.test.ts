import { describe, expect, test } from 'vitest';
import { runSnippet } from './testing/run-snippet.ts';
import { answerJson, useServer } from './testing/use-server.ts';

const serve = useServer();

describe('connectors', () => {
  const publish = [
    '- publish:',
    '    try:',
    '      call: googleapis.pubsub.v1.projects.topics.publish',
    '      args:',
    '        topic: projects/demo/topics/dead-letters',
    '        body:',
    '          messages:',
    `            - data: \${base64.encode(json.encode({}))}`,
    '      result: published',
    '    except:',
    '      as: error',
    '      steps:',
    '        - caught:',
    `            return: \${error}`,
    '- answer:',
    `    return: \${published}`,
  ]
    .join('\n')
    .replace('{}', '[1]');

  test("a publish sends the API's request and returns the response's body", async () => {
    const { url, received } = await serve(answerJson('{"messageIds":["7"]}'));
    const { result } = await runSnippet(publish, { connectorBaseUrls: { pubsub: url } });
    expect(result).toBe('{"messageIds":["7"]}');
    expect(received[0]).toMatchObject({
      method: 'POST',
      path: '/v1/projects/demo/topics/dead-letters:publish',
      body: '{"messages":[{"data":"WzFd"}]}',
    });
  });

  test('a publish is retried after 503 and not after 502', async () => {
    const statuses = [503, 503, 502];
    const { url, received } = await serve((_request, response) => {
      response.writeHead(statuses.shift() ?? 200).end();
    });
    const outcome = await runSnippet(publish, { connectorBaseUrls: { pubsub: url } });
    expect(JSON.parse(outcome.result ?? '')).toMatchObject({ code: 502, tags: ['HttpError'] });
    expect(received).toHaveLength(3);
    expect(outcome.sleeps).toEqual([1, 1.25]);
  });

  test('a delete, which has an empty response, gives null', async () => {
    const { url, received } = await serve((_request, response) => response.writeHead(204).end());
    const source = [
      '- remove:',
      '    call: googleapis.storage.v1.objects.delete',
      '    args: {bucket: feeds, object: old}',
      '    result: nothing',
      '- answer:',
      `    return: \${nothing}`,
    ].join('\n');
    const outcome = await runSnippet(source, { connectorBaseUrls: { storage: url } });
    expect(outcome.result).toBe('null');
    expect(received[0]).toMatchObject({ method: 'DELETE', path: '/storage/v1/b/feeds/o/old' });
  });

  test("a GET is retried after 502, and alt: media returns an object's content", async () => {
    const statuses = [502];
    const { url, received } = await serve((_request, response) => {
      const status = statuses.shift() ?? 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"a":1}');
    });
    const source = [
      '- read:',
      '    call: googleapis.storage.v1.objects.get',
      '    args:',
      '      bucket: feeds',
      `      object: \${text.url_encode("runs/7/feed.json")}`,
      '      alt: media',
      '    result: content',
      '- answer:',
      `    return: \${content.a}`,
    ].join('\n');
    const outcome = await runSnippet(source, { connectorBaseUrls: { storage: url } });
    expect(outcome.result).toBe('1');
    expect(received[1]?.path).toBe('/storage/v1/b/feeds/o/runs%2F7%2Ffeed.json?alt=media');
    expect(outcome.sleeps).toEqual([1]);
  });
});
