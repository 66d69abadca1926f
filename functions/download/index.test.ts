import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { expect, test } from 'vitest';
import { parseRequest } from '../shared/http.ts';
import { createTestContext } from '../shared/testing/create-test-context.ts';
import { permitRecord } from '../shared/testing/permit-record.ts';
import { startTestServer } from '../shared/testing/start-test-server.ts';
import { downloadRequest } from './contract.ts';
import { createDownload } from './index.ts';

test('download takes a POST with a strict contract: a misspelt key is a 400 that names it', async () => {
  await using context = await createTestContext();
  http('download-test', createDownload(context));
  await using server = await startTestServer(getTestServer('download-test'));
  const call = async (body: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(server.url, init);
    return { status: response.status, body: await response.json() };
  };

  const misspelt = await call({ execution_id: 'one', file_pat: 'gs://feeds/old.json' });
  expect(misspelt).toEqual({
    status: 400,
    body: { error: { code: 'invalid_request', message: expect.stringContaining('file_pat') } },
  });
  expect(await call({ file_path: 'gs://feeds/old.json' })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('execution_id') } },
  });
  const dryResume = await call({ execution_id: 'one', dry_run: true, resume_run_id: 1 });
  expect(dryResume).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('a resumed run cannot be a dry run') } },
  });
  const { rows } = await context.pool.query('select 1 from sync_runs');
  expect(rows).toEqual([]);

  await context.bucket.file('old.json').save(JSON.stringify([permitRecord(1), permitRecord(2)]));
  const file_path = `gs://${context.bucket.name}/old.json`;
  expect(await call({ execution_id: 'two', file_path, message_id: null })).toEqual({
    status: 200,
    body: { run_id: 1, records_total: 2, chunks_total: 1, object: 'runs/1/feed.json.gz' },
  });
});

test.each([
  ['hello', '"hello" is a text'],
  ['https://example.com/?to ken=secret', '"https://example.com/" is a text'],
  ['x'.repeat(1_000), `"${'x'.repeat(59)}… is a text`],
  [[1, 2], '[1,2] is a list'],
  [7, '7 is a number'],
  [false, 'false is a boolean'],
])('refuses the argument %j and says what is expected', (invalid_argument, described) => {
  expect(() => parseRequest(downloadRequest, { execution_id: 'one', invalid_argument })).toThrow(
    `invalid_argument: ${described}; send a JSON object such as {"partial": true}, or nothing`,
  );
});
