import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MetricServiceClient } from '@google-cloud/monitoring';
import { v1 } from '@google-cloud/pubsub';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gaxOptions } from '../../functions/shared/endpoint.ts';
import { classifyError } from '../../functions/shared/errors.ts';
import { createFaultSwitch } from './rest/fault-switch.ts';
import { type GoogleApis, startGoogleApis } from './start-google-apis.ts';

const PROJECT = 'test-project';
const LIST_TOPICS = /^GET .*\/topics/;
const LIST_SERIES = /^GET .*\/timeSeries/;

const faults = createFaultSwitch();
let directory: string;
let apis: GoogleApis;
let publisher: v1.PublisherClient;
let monitoring: MetricServiceClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'google-api-faults-'));
  const options = { directory, projectId: PROJECT, location: 'us-central1', port: 0, log() {} };
  apis = await startGoogleApis({ ...options, faults });
  const endpoint = { GOOGLE_API_ENDPOINT: apis.endpoint, GOOGLE_CLOUD_PROJECT: PROJECT };
  publisher = new v1.PublisherClient(gaxOptions(endpoint));
  monitoring = new MetricServiceClient(gaxOptions(endpoint));
});

afterAll(async () => {
  await Promise.all([publisher.close(), monitoring.close()]);
  await apis.stop();
  await rm(directory, { recursive: true });
});

/** Without the client's retries, so the test sees each failure. */
const once = { retry: null, timeout: 5_000 } as const;

function listTopics() {
  return publisher.listTopics({ project: `projects/${PROJECT}` }, once);
}

function listSeries() {
  return monitoring.listTimeSeries(
    {
      name: `projects/${PROJECT}`,
      filter: 'metric.type = "custom.googleapis.com/a"',
      interval: { startTime: { seconds: 1 }, endTime: { seconds: 2 } },
    },
    once,
  );
}

test.each([
  ['Pub/Sub', LIST_TOPICS, listTopics],
  ['Cloud Monitoring', LIST_SERIES, listSeries],
])('%s is unavailable for one request', async (_, operation, call) => {
  faults.arm({ operation, fault: { status: 503 } });
  expect(await (call() as Promise<unknown>).catch(classifyError)).toMatchObject({
    outcome: 'transient',
  });
  expect(faults.disarm()).toBe(1);
  await expect(call()).resolves.toBeDefined();
});
