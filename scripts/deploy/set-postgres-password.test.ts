import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { startTestServer } from '../../functions/shared/testing/start-test-server.ts';
import { setPostgresPassword } from './set-postgres-password.ts';

interface Received {
  readonly method: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Answers each request with the next document, then always with the last one. */
async function startAdminApi(status: number, ...documents: readonly object[]) {
  const received: Received[] = [];
  const server = await startTestServer(async (request, response) => {
    const { method, headers } = request;
    received.push({ method, authorization: headers.authorization, body: await text(request) });
    const document = documents[Math.min(received.length, documents.length) - 1];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document));
  });
  const set = () =>
    setPostgresPassword(
      { baseUrl: `${server.url}/`, getToken: async () => 'token', pollMilliseconds: 0 },
      'p:northamerica-northeast2:i',
      'a secret',
    );
  return { ...server, received, set };
}

describe('setPostgresPassword', () => {
  test('sends it in the body of one request and waits until the operation is done', async () => {
    await using api = await startAdminApi(
      200,
      { name: 'op', status: 'PENDING' },
      { name: 'op', status: 'RUNNING' },
      { name: 'op', status: 'DONE' },
    );
    await api.set();
    expect(api.requests).toEqual([
      '/v1/projects/p/instances/i/users?name=postgres',
      '/v1/projects/p/operations/op',
      '/v1/projects/p/operations/op',
    ]);
    const [update, ...polls] = api.received;
    expect(update).toMatchObject({ method: 'PUT', authorization: 'Bearer token' });
    expect(JSON.parse(update?.body ?? '')).toEqual({ name: 'postgres', password: 'a secret' });
    for (const poll of polls) expect(poll).toMatchObject({ method: 'GET', body: '' });
  });

  test('fails with the message of a failed operation', async () => {
    const error = { errors: [{ message: 'The password is too short' }] };
    await using api = await startAdminApi(200, { name: 'op', status: 'DONE', error });
    await expect(api.set()).rejects.toThrow('Cloud SQL: The password is too short');
  });

  test('fails with the message of a refused request', async () => {
    await using api = await startAdminApi(403, { error: { message: 'cloudsql.users.update' } });
    await expect(api.set()).rejects.toThrow(/^Cloud SQL: 403 .*cloudsql\.users\.update/);
  });
});
