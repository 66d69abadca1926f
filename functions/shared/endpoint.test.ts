import { describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { gaxOptions, storageOptions } from './endpoint.ts';

function configure(endpoint: string) {
  return parseConfig({
    GOOGLE_CLOUD_PROJECT: 'permits-project',
    FEED_BUCKET: 'feeds',
    DATABASE_URL: 'postgres://127.0.0.1/permits',
    GOOGLE_API_ENDPOINT: endpoint,
  });
}

describe('in the cloud, without an endpoint', () => {
  test('the clients get the project and nothing else', () => {
    expect(gaxOptions(configure(''))).toEqual({ projectId: 'permits-project' });
    expect(storageOptions(configure(''))).toEqual({ projectId: 'permits-project' });
  });
});

describe('with an endpoint', () => {
  test.each([
    ['http://127.0.0.1:8080', 'http', '127.0.0.1', 8080],
    ['https://apis.example', 'https', 'apis.example', 443],
    ['http://apis.example/', 'http', 'apis.example', 80],
  ])('the generated clients speak REST to %s, without credentials', async (...row) => {
    const [endpoint, protocol, apiEndpoint, port] = row;
    const options = gaxOptions(configure(endpoint));
    expect(options).toMatchObject({ fallback: true, protocol, apiEndpoint, port });
    const { authClient } = options as unknown as {
      authClient: { getRequestHeaders(): Promise<Headers> };
    };
    expect([...(await authClient.getRequestHeaders())]).toEqual([]);
  });

  test('the storage client uses it', () => {
    expect(storageOptions(configure('http://127.0.0.1:8080'))).toMatchObject({
      apiEndpoint: 'http://127.0.0.1:8080',
    });
  });
});
