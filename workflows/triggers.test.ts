import { describe, expect, test } from 'vitest';
import { answerAt, answerNormally, startTestSync } from './testing/start-test-sync.ts';

function encode(data: string): string {
  return Buffer.from(data).toString('base64');
}

describe('the argument', () => {
  test('uses the data and the id of a Pub/Sub message as its argument', async () => {
    await using sync = await startTestSync(answerNormally);
    const data = Buffer.from('{"file_path": "gs://feeds/old.json"}').toString('base64');
    await sync.run({ data: { message: { data, messageId: '42' }, subscription: 's' } });
    expect(sync.calls[0]?.body).toMatchObject({
      file_path: 'gs://feeds/old.json',
      message_id: '42',
      trigger: 'pubsub',
    });
  });

  test.each([[''], [undefined], [encode('null')], [encode('{}')]])(
    'treats the Pub/Sub data %j as no argument',
    async (data) => {
      await using sync = await startTestSync(answerNormally);
      await sync.run({ data: { message: { data, messageId: '42' } } });
      expect(sync.calls[0]?.body).toEqual({
        execution_id: expect.any(String),
        message_id: '42',
        trigger: 'pubsub',
      });
    },
  );

  test.each([
    ['no JSON', encode('hello'), 'hello'],
    ['no base64', '{"partial": true}', '{"partial": true}'],
    ['a text', encode('"hello"'), 'hello'],
    ['a list', encode('[1]'), [1]],
    ['a number', encode('7'), 7],
    ['a boolean', encode('false'), false],
    ['no text', Buffer.from([255, 254]).toString('base64'), '//4='],
    ['of another type', 7, 7],
  ])(
    'passes on Pub/Sub data that is %s, with the message’s id',
    async (_, data, invalid_argument) => {
      await using sync = await startTestSync(answerNormally);
      await sync.run({ data: { message: { data, messageId: '42' } } });
      expect(sync.calls[0]?.body).toEqual({
        execution_id: expect.any(String),
        invalid_argument,
        message_id: '42',
        trigger: 'pubsub',
      });
    },
  );

  test.each([['hello'], [''], [7], [false], [[1]]])(
    'passes on the argument %j, which is no object',
    async (invalid_argument) => {
      await using sync = await startTestSync(answerNormally);
      await sync.run(invalid_argument);
      expect(sync.calls[0]?.body).toEqual({ execution_id: expect.any(String), invalid_argument });
    },
  );

  test.each([[{ data: 7 }], [{ data: { message: 'hello' } }]])(
    'takes %j for an argument, not for a message',
    async (argument) => {
      await using sync = await startTestSync(answerNormally);
      await sync.run(argument);
      expect(sync.calls[0]?.body).toEqual({ execution_id: expect.any(String), ...argument });
    },
  );
});

describe('the argument of a failed run', () => {
  test('passes the argument on to finalize, for a run that was never opened', async () => {
    const body = { error: { code: 'invalid_request', message: 'file_pth' } };
    await using sync = await startTestSync(answerAt('/download', { status: 400, body }));
    await sync.run({ data: { message: { data: encode('{"file_pth": "x"}'), messageId: '42' } } });
    const argument = { file_pth: 'x', trigger: 'pubsub', message_id: '42' };
    expect(sync.callsOf('/finalize')).toMatchObject([{ body: { argument } }]);
    expect(sync.messages()).toMatchObject([{ argument, error_code: 'invalid_request' }]);
  });

  test('is no reason to fail if dry_run has a wrong type', async () => {
    await using sync = await startTestSync(answerAt('/download', { status: 400, body: {} }));
    await sync.run({ dry_run: 'yes' });
    expect(sync.messages()).toMatchObject([{ argument: { dry_run: 'yes' } }]);
  });

  test.each([
    [
      { file_path: 'https://user:secret@a.b/feed.json?token="secret"#x', partial: true },
      { file_path: 'https://a.b/feed.json', partial: true },
    ],
    [{ file_pth: 'HTTPS://a.b/?secret' }, { file_pth: 'HTTPS://a.b/' }],
    [{ file_path: 'http://a.b/#secret' }, { file_path: 'http://a.b/' }],
    ['https://a.b/?secret', { invalid_argument: 'https://a.b/' }],
  ])('the letter of %j has no query', async (argument, shown) => {
    await using sync = await startTestSync(answerAt('/download', { status: 422, body: {} }));
    await sync.run(argument);
    expect(sync.messages()).toMatchObject([{ argument: shown, file_path_had_query: true }]);
    expect(sync.calls[0]?.body).toMatchObject(
      typeof argument === 'string' ? { invalid_argument: argument } : argument,
    );
    // The service's own log, executions_system, has the argument as it came.
    const own = sync.logs.filter(({ logName }) => logName.endsWith('/Workflows'));
    expect(JSON.stringify(own)).not.toContain('secret');
  });

  test.each([['gs://b/what?#1.json'], ['/data/what?@1.json'], ['https://a.b/feed.json']])(
    'the letter keeps the path %s',
    async (file_path) => {
      await using sync = await startTestSync(answerAt('/download', { status: 422, body: {} }));
      await sync.run({ file_path });
      expect(sync.messages()).toMatchObject([
        { argument: { file_path }, file_path_had_query: false },
      ]);
    },
  );
});
