import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  PROJECT,
  SUBSCRIPTION,
  startTestPubsub,
  type TestPubsub,
  TOPIC,
} from './testing/start-test-pubsub.ts';

async function startWithSubscription(options: object = {}): Promise<TestPubsub> {
  const pubsub = await startTestPubsub();
  await pubsub.publisher.createTopic({ name: TOPIC });
  await pubsub.subscriber.createSubscription({ name: SUBSCRIPTION, topic: TOPIC, ...options });
  return pubsub;
}

test('a published message is pulled with its data, attributes, id and time', async () => {
  await using pubsub = await startWithSubscription();
  const [{ messageIds }] = await pubsub.publisher.publish({
    topic: TOPIC,
    messages: [{ data: Buffer.from('{"a":"é"}'), attributes: { origin: 'test' } }],
  });
  const [{ receivedMessages }] = await pubsub.subscriber.pull({
    subscription: SUBSCRIPTION,
    maxMessages: 1,
  });
  const message = receivedMessages?.[0]?.message;
  expect(message).toMatchObject({
    messageId: messageIds?.[0],
    attributes: { origin: 'test' },
    publishTime: { seconds: String(pubsub.clock.now() / 1000) },
  });
  expect(Buffer.from(message?.data ?? '').toString()).toBe('{"a":"é"}');
});

test('a message has data or attributes, and its topic must exist', async () => {
  await using pubsub = await startWithSubscription();
  const { publisher } = pubsub;
  const messages = [{ data: Buffer.from('hello') }, { attributes: { a: 'b' } }];
  const [{ messageIds }] = await publisher.publish({ topic: TOPIC, messages });
  expect(new Set(messageIds).size).toBe(2);
  expect(await pubsub.pull()).toMatchObject([{ text: 'hello' }, { text: '' }]);
  const topic = `${PROJECT}/topics/no-such-topic`;
  await expect(publisher.publish({ topic, messages })).rejects.toThrow('no-such-topic');
});

test('an acknowledged message does not come back', async () => {
  await using pubsub = await startWithSubscription();
  await pubsub.publishText(TOPIC, 'one', 'two');
  const pulled = await pubsub.pull();
  expect(pulled.map(({ text }) => text)).toEqual(['one', 'two']);
  const ackIds = pulled.slice(0, 1).map(({ ackId }) => ackId);
  await pubsub.subscriber.acknowledge({ subscription: SUBSCRIPTION, ackIds });
  pubsub.clock.advance(600_000);
  expect(await pubsub.pull()).toMatchObject([{ text: 'two' }]);
});

test('a message that is not acknowledged comes back after the ack deadline, not before', async () => {
  await using pubsub = await startWithSubscription({ ackDeadlineSeconds: 30 });
  await pubsub.publishText(TOPIC, 'one');
  const [first] = await pubsub.pull();
  pubsub.clock.advance(29_999);
  expect(await pubsub.pull()).toEqual([]);
  pubsub.clock.advance(1);
  const [second] = await pubsub.pull();
  expect(second?.text).toBe('one');
  expect(second?.ackId).not.toBe(first?.ackId);
});

test('a lease can be extended and given back, but only by its holder', async () => {
  await using pubsub = await startWithSubscription();
  const { subscriber, clock } = pubsub;
  await pubsub.publishText(TOPIC, 'one');
  const [first] = await pubsub.pull();
  const modify = (ackId: string, ackDeadlineSeconds: number) =>
    subscriber.modifyAckDeadline({
      subscription: SUBSCRIPTION,
      ackIds: [ackId],
      ackDeadlineSeconds,
    });
  await modify(first?.ackId ?? '', 600);
  clock.advance(599_999);
  expect(await pubsub.pull()).toEqual([]);
  await modify(first?.ackId ?? '', 0);
  expect(await pubsub.pull()).toHaveLength(1);
  await modify(first?.ackId ?? '', 0);
  expect(await pubsub.pull()).toEqual([]);
});

test('a pull waits for a message that is published later', async () => {
  await using pubsub = await startWithSubscription();
  const pull = pubsub.subscriber.pull({ subscription: SUBSCRIPTION, maxMessages: 1 });
  await pubsub.clock.waitForTimer(20_000);
  await pubsub.publishText(TOPIC, 'one');
  const [{ receivedMessages }] = await pull;
  expect(receivedMessages).toHaveLength(1);
});

test('a pull that waits in vain ends without messages', async () => {
  await using pubsub = await startWithSubscription();
  const pull = pubsub.subscriber.pull({ subscription: SUBSCRIPTION, maxMessages: 1 });
  await pubsub.clock.waitForTimer(20_000);
  pubsub.clock.advance(20_000);
  expect((await pull)[0].receivedMessages).toEqual([]);
});

test('a waiting pull ends when the api closes', async () => {
  await using pubsub = await startWithSubscription();
  const pull = pubsub.subscriber.pull({ subscription: SUBSCRIPTION, maxMessages: 1 });
  await pubsub.clock.waitForTimer(20_000);
  pubsub.api.close();
  expect((await pull)[0].receivedMessages).toEqual([]);
});

test('a pull whose client hangs up leaves the message to the next pull', async () => {
  await using pubsub = await startWithSubscription();
  const controller = new AbortController();
  const pull = fetch(`http://127.0.0.1:${pubsub.port}/v1/${SUBSCRIPTION}:pull`, {
    method: 'POST',
    body: JSON.stringify({ maxMessages: 1 }),
    signal: controller.signal,
  });
  await pubsub.clock.waitForTimer(20_000);
  controller.abort();
  await expect(pull).rejects.toThrow('aborted');
  await pubsub.clock.waitForNoTimer(20_000);
  await pubsub.publishText(TOPIC, 'one');
  expect(await pubsub.pull()).toMatchObject([{ text: 'one' }]);
});

test('a waiting pull gets a message whose lease ends meanwhile', async () => {
  await using pubsub = await startWithSubscription({ ackDeadlineSeconds: 10 });
  await pubsub.publishText(TOPIC, 'one');
  await pubsub.pull();
  const pull = pubsub.subscriber.pull({ subscription: SUBSCRIPTION, maxMessages: 1 });
  await pubsub.clock.waitForTimer(10_000);
  pubsub.clock.advance(10_000);
  expect((await pull)[0].receivedMessages).toHaveLength(1);
});

test('a message delivered too often goes to the dead-letter topic with its origin', async () => {
  const deadLetterTopic = `${PROJECT}/topics/dead`;
  const graveyard = `${PROJECT}/subscriptions/graveyard`;
  await using pubsub = await startTestPubsub();
  await pubsub.publisher.createTopic({ name: TOPIC });
  await pubsub.publisher.createTopic({ name: deadLetterTopic });
  await pubsub.subscriber.createSubscription({ name: graveyard, topic: deadLetterTopic });
  await pubsub.subscriber.createSubscription({
    name: SUBSCRIPTION,
    topic: TOPIC,
    deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 },
  });
  await pubsub.publishText(TOPIC, 'poison');
  for (const attempt of [1, 2, 3, 4, 5]) {
    expect(await pubsub.pull()).toMatchObject([{ text: 'poison', attempt }]);
    pubsub.clock.advance(10_000);
  }
  expect(await pubsub.pull()).toEqual([]);
  const [{ receivedMessages }] = await pubsub.subscriber.pull({
    subscription: graveyard,
    maxMessages: 10,
  });
  expect(receivedMessages).toHaveLength(1);
  expect(receivedMessages?.[0]?.message).toMatchObject({
    attributes: {
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
      CloudPubSubDeadLetterSourceSubscription: 'sync-trigger-pull',
      CloudPubSubDeadLetterSourceSubscriptionProject: 'test-project',
      CloudPubSubDeadLetterSourceTopicPublishTime: '2026-01-05T11:00:00.000Z',
    },
  });
});

test('the last allowed refusal sends a message to the dead-letter topic at once', async () => {
  const deadLetterTopic = `${PROJECT}/topics/dead`;
  await using pubsub = await startTestPubsub();
  await pubsub.publisher.createTopic({ name: TOPIC });
  await pubsub.publisher.createTopic({ name: deadLetterTopic });
  const graveyard = `${PROJECT}/subscriptions/graveyard`;
  await pubsub.subscriber.createSubscription({ name: graveyard, topic: deadLetterTopic });
  await pubsub.subscriber.createSubscription({
    name: SUBSCRIPTION,
    topic: TOPIC,
    deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts: 5 },
  });
  await pubsub.publishText(TOPIC, 'poison');
  for (const _attempt of [1, 2, 3, 4, 5]) {
    expect(await pubsub.pull(graveyard)).toEqual([]);
    const ackIds = (await pubsub.pull()).map(({ ackId }) => ackId);
    const refusal = { subscription: SUBSCRIPTION, ackIds, ackDeadlineSeconds: 0 };
    await pubsub.subscriber.modifyAckDeadline(refusal);
  }
  expect(await pubsub.pull(graveyard)).toMatchObject([{ text: 'poison' }]);
});

test('a message is dropped when its retention is over', async () => {
  await using pubsub = await startWithSubscription({ messageRetentionDuration: { seconds: 600 } });
  await pubsub.publishText(TOPIC, 'old');
  pubsub.clock.advance(600_001);
  expect(await pubsub.pull()).toEqual([]);
});

test('topics and subscriptions are listed until they are deleted', async () => {
  await using pubsub = await startWithSubscription();
  const { publisher, subscriber } = pubsub;
  expect((await publisher.listTopics({ project: PROJECT }))[0]).toMatchObject([{ name: TOPIC }]);
  expect((await publisher.listTopics({ project: 'projects/other' }))[0]).toEqual([]);
  expect((await publisher.listTopicSubscriptions({ topic: TOPIC }))[0]).toEqual([SUBSCRIPTION]);
  await publisher.deleteTopic({ topic: TOPIC });
  await expect(publisher.getTopic({ topic: TOPIC })).rejects.toMatchObject({ code: 5 });
  const [orphan] = await subscriber.getSubscription({ subscription: SUBSCRIPTION });
  expect(orphan.topic).toBe('_deleted-topic_');
  await subscriber.deleteSubscription({ subscription: SUBSCRIPTION });
  expect((await subscriber.listSubscriptions({ project: PROJECT }))[0]).toEqual([]);
  await expect(
    subscriber.pull({ subscription: SUBSCRIPTION, maxMessages: 1 }),
  ).rejects.toMatchObject({ code: 5 });
});

test.each([
  ['PUT', 'topics/no', {}],
  ['PUT', 'topics/goog-topic', {}],
  ['PUT', 'subscriptions/new-one', { topic: TOPIC, ackDeadlineSeconds: 9 }],
  ['PUT', 'subscriptions/new-one', { topic: TOPIC, messageRetentionDuration: '10 min' }],
  ['PUT', 'subscriptions/new-one', { topic: TOPIC, pushConfig: { pushEndpoint: 'nowhere' } }],
  ['POST', 'topics/sync-trigger:publish', { messages: [] }],
  ['POST', 'topics/sync-trigger:publish', { messages: [{}] }],
  ['POST', 'topics/sync-trigger:publish', { messages: [{ data: 'not base64!' }] }],
  ['POST', 'subscriptions/sync-trigger-pull:pull', { maxMessages: 0 }],
  ['POST', 'subscriptions/sync-trigger-pull:acknowledge', {}],
])('%s %s with %j is refused', async (method, path, body) => {
  await using pubsub = await startWithSubscription();
  const response = await fetch(`http://127.0.0.1:${pubsub.port}/v1/${PROJECT}/${path}`, {
    method,
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });
});

test('a body that is not JSON is refused', async () => {
  await using pubsub = await startWithSubscription();
  const url = `http://127.0.0.1:${pubsub.port}/v1/${TOPIC}:publish`;
  const response = await fetch(url, { method: 'POST', body: '{' });
  expect(response.status).toBe(400);
});

test('a method that the stand-in lacks is answered with 501', async () => {
  await using pubsub = await startWithSubscription();
  const url = `http://127.0.0.1:${pubsub.port}/v1/${SUBSCRIPTION}:seek`;
  const response = await fetch(url, { method: 'POST', body: '{}' });
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({ error: { status: 'UNIMPLEMENTED' } });
});

test('topics, subscriptions and unacknowledged messages survive a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pubsub-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const before = await startTestPubsub({ directory });
  await before.publisher.createTopic({ name: TOPIC });
  await before.subscriber.createSubscription({ name: SUBSCRIPTION, topic: TOPIC });
  await before.publishText(TOPIC, 'done', 'open');
  const [done] = await before.pull();
  await before.subscriber.acknowledge({ subscription: SUBSCRIPTION, ackIds: [done?.ackId ?? ''] });
  await before[Symbol.asyncDispose]();
  await using after = await startTestPubsub({ directory });
  expect(await after.pull()).toMatchObject([{ text: 'open' }]);
});

test('a message id is not reused after a restart, even if nothing was kept', async () => {
  await using before = await startWithSubscription();
  const data = Buffer.from('x');
  const messages = [{ data }, { data }, { data }];
  const [{ messageIds }] = await before.publisher.publish({ topic: TOPIC, messages });
  await using after = await startTestPubsub();
  await after.publisher.createTopic({ name: TOPIC });
  after.clock.advance(1);
  const [next] = await after.publisher.publish({ topic: TOPIC, messages: [{ data }] });
  expect(messageIds).not.toContain(next.messageIds?.[0]);
});
