import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v1 } from '@google-cloud/pubsub';
import { describe, expect, test } from 'vitest';
import { gaxOptions } from '../../../functions/shared/endpoint.ts';
import { startGoogleApis } from '../start-google-apis.ts';
import type { Execution } from '../workflows/service/execution.ts';
import { ensureTopics } from './ensure-topics.ts';
import { findEmulator, startEmulator } from './testing/start-emulator.ts';

const projectId = 'eventarc-test';
const location = 'northamerica-northeast2';
const topic = `projects/${projectId}/topics/sync-trigger`;

const ECHO =
  'main:\n  params: [event]\n  steps:\n    - give_back:\n        return: $' + '{event}\n';

/** Publishes a message; returns it and, once an execution has ended, all executions. */
async function publishOne(pubsubUrl?: string) {
  const directory = await mkdtemp(join(tmpdir(), 'eventarc-'));
  const options = { directory, projectId, location, port: 0, pubsubUrl, log: () => {} };
  const apis = await startGoogleApis(options);
  apis.workflows.deploy({ workflowId: 'permit-sync', source: ECHO });
  await ensureTopics(apis.pubsubUrl, {
    projectId,
    location,
    workflow: 'permit-sync',
    workflowsUrl: apis.endpoint,
  });
  const ended = new Promise<void>((resolve) => {
    apis.workflows.subscribe(({ state }) => state === 'SUCCEEDED' && resolve());
  });
  const publisher = new v1.PublisherClient(
    gaxOptions({ GOOGLE_CLOUD_PROJECT: projectId, GOOGLE_API_ENDPOINT: apis.pubsubUrl }),
  );
  const data = Buffer.from('{"accept_shrink": true}');
  const messages = [{ data, attributes: { origin: 'test' } }];
  const [{ messageIds }] = await publisher.publish({ topic, messages });
  await ended;
  const url = `${apis.endpoint}/v1/projects/${projectId}/locations/${location}/workflows/permit-sync/executions?view=FULL`;
  const { executions } = (await (await fetch(url)).json()) as { executions: Execution[] };
  await publisher.close();
  await apis.stop();
  await rm(directory, { recursive: true });
  return { messageId: messageIds?.[0], executions };
}

/** Source: https://cloud.google.com/eventarc/docs/workflows/cloudevents */
function expectOneExecution({ messageId, executions }: Awaited<ReturnType<typeof publishOne>>) {
  expect(executions).toHaveLength(1);
  expect(JSON.parse(executions[0]?.argument ?? '')).toEqual({
    specversion: '1.0',
    id: messageId,
    source: `//pubsub.googleapis.com/${topic}`,
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    datacontenttype: 'application/json',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
    data: {
      subscription: `projects/${projectId}/subscriptions/eventarc-sync-trigger`,
      message: expect.objectContaining({
        data: 'eyJhY2NlcHRfc2hyaW5rIjogdHJ1ZX0=',
        attributes: { origin: 'test' },
        messageId,
        publishTime: expect.any(String),
      }),
    },
  });
}

const emulator = findEmulator();
const found = emulator ? '' : " (skipped: gcloud's pubsub-emulator or Java is missing)";

describe('I02 a message on sync-trigger starts exactly one execution, with its CloudEvent', () => {
  test('through our Pub/Sub', async () => {
    expectOneExecution(await publishOne());
  });

  test.skipIf(!emulator)(`through Google's Pub/Sub emulator${found}`, async () => {
    await using pubsub = await startEmulator(emulator ?? '');
    expectOneExecution(await publishOne(`http://${pubsub.host}`));
  });
});
