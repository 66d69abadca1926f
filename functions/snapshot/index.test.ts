import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { expect, test } from 'vitest';
import { openRun } from '../shared/sync-runs.ts';
import { createTestContext } from '../shared/testing/create-test-context.ts';
import { startTestServer } from '../shared/testing/start-test-server.ts';
import { createSnapshot } from './index.ts';

test('snapshot takes a POST that names a run', async () => {
  await using context = await createTestContext();
  http('snapshot-test', createSnapshot(context));
  await using server = await startTestServer(getTestServer('snapshot-test'));
  const call = async (body: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(server.url, init);
    return { status: response.status, body: await response.json() };
  };
  const { id } = await openRun(context, { executionId: 'one', trigger: 'manual' });
  expect(await call({ run_id: id })).toEqual({
    status: 200,
    body: { snapshot_date: expect.any(String), effectiveness_score: null },
  });
  expect(await call({ run_id: id + 1 })).toMatchObject({
    status: 404,
    body: { error: { code: 'run_not_found' } },
  });
  expect(await call({ run_id: 'one' })).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_request', message: expect.stringContaining('run_id') } },
  });
});
