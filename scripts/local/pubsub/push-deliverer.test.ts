import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { PROJECT, SUBSCRIPTION, startTestPubsub, TOPIC } from './testing/start-test-pubsub.ts';

interface Received {
  readonly path: string;
  readonly body: unknown;
  answer(status: number): void;
}

/** An endpoint that hands each request to the test, which answers it. */
async function startEndpoint() {
  const received: Received[] = [];
  const waiting: ((request: Received) => void)[] = [];
  const server = createServer(async (request, response) => {
    const item: Received = {
      path: request.url ?? '',
      body: await json(request),
      answer: (status) => response.writeHead(status).end(),
    };
    const resolve = waiting.shift();
    if (resolve === undefined) {
      received.push(item);
    } else {
      resolve(item);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: async (): Promise<Received> =>
      received.shift() ?? new Promise((resolve) => waiting.push(resolve)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startWithPush(pushEndpoint: string, subscription: object = {}) {
  const settled: string[] = [];
  const waiting = new Set<() => void>();
  const log = (message: string) => {
    settled.push(message);
    for (const resolve of waiting) {
      resolve();
    }
  };
  const pubsub = await startTestPubsub({ log });
  await pubsub.publisher.createTopic({ name: TOPIC });
  await pubsub.publisher.createTopic({ name: `${PROJECT}/topics/dead` });
  await pubsub.subscriber.createSubscription({
    name: SUBSCRIPTION,
    topic: TOPIC,
    pushConfig: { pushEndpoint },
    ...subscription,
  });
  return {
    ...pubsub,
    /** Resolves once `count` pushes have succeeded or failed. */
    waitForPushes: async (count: number) => {
      while (settled.length < count) {
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
      return settled;
    },
  };
}

test('a push subscription posts the wrapped message', async () => {
  await using endpoint = await startEndpoint();
  await using pubsub = await startWithPush(`${endpoint.url}/hook?token=x`);
  const messageId = await pubsub.publish('{}', { origin: 'test' });
  const request = await endpoint.next();
  request.answer(204);
  expect(request.path).toBe('/hook?token=x');
  expect(request.body).toEqual({
    message: {
      data: 'e30=',
      attributes: { origin: 'test' },
      messageId,
      message_id: messageId,
      publishTime: '2026-01-05T11:00:00.000Z',
      publish_time: '2026-01-05T11:00:00.000Z',
    },
    subscription: SUBSCRIPTION,
  });
});

test('a push to a workflow is a request to trigger its execution', async () => {
  await using endpoint = await startEndpoint();
  const path = `/v1/${PROJECT}/locations/here/workflows/permit-sync:triggerPubsubExecution`;
  await using pubsub = await startWithPush(
    `${endpoint.url}${path}?__GCP_CloudEventsMode=CE_PUBSUB_BINDING`,
  );
  const messageId = await pubsub.publish('{}');
  const request = await endpoint.next();
  request.answer(200);
  expect(request.path).toContain(path);
  expect(request.body).toEqual({
    GCPCloudEventsMode: 'CE_PUBSUB_BINDING',
    message: { data: 'e30=', messageId, publishTime: '2026-01-05T11:00:00.000Z' },
    subscription: SUBSCRIPTION,
  });
});

test('a 2xx acknowledges the message', async () => {
  await using endpoint = await startEndpoint();
  await using pubsub = await startWithPush(endpoint.url);
  await pubsub.publishText(TOPIC, 'one');
  (await endpoint.next()).answer(201);
  await pubsub.waitForPushes(1);
  // If the message were still there, a pull subscription would hand it out.
  const pushConfig = { pushEndpoint: '' };
  await pubsub.subscriber.modifyPushConfig({ subscription: SUBSCRIPTION, pushConfig });
  pubsub.clock.advance(10_000);
  expect(await pubsub.pull()).toEqual([]);
});

test('a refused message is sent again, each time after twice the delay, until it is accepted', async () => {
  await using endpoint = await startEndpoint();
  await using pubsub = await startWithPush(endpoint.url);
  await pubsub.publishText(TOPIC, 'one');
  for (const delayMs of [100, 200, 400]) {
    (await endpoint.next()).answer(500);
    await pubsub.clock.waitForTimer(delayMs);
    pubsub.clock.advance(delayMs);
  }
  (await endpoint.next()).answer(200);
  expect(await pubsub.waitForPushes(4)).toEqual([
    ...Array(3).fill(expect.stringContaining('answered 500')),
    expect.stringContaining('pushed message'),
  ]);
});

test("a retry policy's back-off is followed, up to its maximum", async () => {
  await using endpoint = await startEndpoint();
  await using pubsub = await startWithPush(endpoint.url, {
    retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 15 } },
    ackDeadlineSeconds: 60,
  });
  await pubsub.publishText(TOPIC, 'one');
  for (const delayMs of [10_000, 15_000, 15_000]) {
    (await endpoint.next()).answer(503);
    await pubsub.clock.waitForTimer(delayMs);
    pubsub.clock.advance(delayMs);
  }
  expect((await endpoint.next()).body).toMatchObject({ subscription: SUBSCRIPTION });
});

test('an endpoint that does not answer within the ack deadline has refused', async () => {
  await using endpoint = await startEndpoint();
  await using pubsub = await startWithPush(endpoint.url, { ackDeadlineSeconds: 20 });
  await pubsub.publishText(TOPIC, 'one');
  await endpoint.next();
  pubsub.clock.advance(20_000);
  expect(await pubsub.waitForPushes(1)).toEqual([expect.stringContaining('no answer within 20 s')]);
});

test('a message refused too often goes to the dead-letter topic', async () => {
  await using endpoint = await startEndpoint();
  const deadLetterTopic = `${PROJECT}/topics/dead`;
  const graveyard = `${PROJECT}/subscriptions/graveyard`;
  await using pubsub = await startWithPush(endpoint.url, {
    deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 },
  });
  await pubsub.subscriber.createSubscription({ name: graveyard, topic: deadLetterTopic });
  await pubsub.publishText(TOPIC, 'poison');
  for (const [index, delayMs] of [100, 200, 400, 800].entries()) {
    const request = await endpoint.next();
    expect(request.body).toMatchObject({ deliveryAttempt: index + 1 });
    request.answer(500);
    await pubsub.clock.waitForTimer(delayMs);
    pubsub.clock.advance(delayMs);
  }
  (await endpoint.next()).answer(500);
  await pubsub.waitForPushes(5);
  expect(await pubsub.pull(graveyard)).toMatchObject([{ text: 'poison' }]);
});

test('a subscription that becomes a push subscription delivers its backlog', async () => {
  await using endpoint = await startEndpoint();
  await using pubsub = await startWithPush('');
  await pubsub.publishText(TOPIC, 'one');
  await pubsub.subscriber.modifyPushConfig({
    subscription: SUBSCRIPTION,
    pushConfig: { pushEndpoint: endpoint.url },
  });
  (await endpoint.next()).answer(200);
  await expect(pubsub.pull()).rejects.toThrow('push subscription');
});
