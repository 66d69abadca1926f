import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { classifyError } from './errors.ts';
import { isActive, isExecutionActive } from './executions.ts';
import { startExecutionsApi } from './testing/start-executions-api.ts';
import { startTestServer } from './testing/start-test-server.ts';

function configure(endpoint: string) {
  return parseConfig({
    GOOGLE_CLOUD_PROJECT: 'permits-project',
    FEED_BUCKET: 'feeds',
    DATABASE_URL: 'postgres://127.0.0.1/permits',
    GOOGLE_API_ENDPOINT: endpoint,
  });
}

test.each([
  ['ACTIVE', true],
  ['QUEUED', true],
  ['SUCCEEDED', false],
  ['FAILED', false],
  ['CANCELLED', false],
  [undefined, false],
])('an execution in state %s is active: %s', async (state, expected) => {
  await using apis = await startExecutionsApi(() => state);
  expect(await isExecutionActive(configure(apis.url), 'the-id')).toBe(expected);
  const [path] = apis.requests;
  expect(path?.split('?')[0]).toBe(
    '/v1/projects/permits-project/locations/northamerica-northeast2/workflows/permit-sync/executions/the-id',
  );
});

test.each([
  [1, true],
  [6, true],
  [2, false],
  [0, false],
  [null, false],
])('isActive of gRPC’s state number %o is %s', (state, expected) => {
  expect(isActive(state)).toBe(expected);
});

test('an unavailable service is a transient error', async () => {
  await using down = await startTestServer((_, response) => {
    response.writeHead(503, { 'content-type': 'application/json' });
    response.end('{"error": {"code": 503, "status": "UNAVAILABLE", "message": "later"}}');
  });
  const error = await isExecutionActive(configure(down.url), 'the-id').catch(classifyError);
  expect(error).toMatchObject({ outcome: 'transient' });
});
