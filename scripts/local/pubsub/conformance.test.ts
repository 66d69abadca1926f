// Checks what the sync needs from Pub/Sub, with Google's clients: against ours and, where it is
// installed, Google's own emulator. What needs a test's clock is in create-pubsub-api.test.ts.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { PubSub, v1 } from '@google-cloud/pubsub';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import { ensureTopics } from './ensure-topics.ts';
import { findEmulator, startEmulator } from './testing/start-emulator.ts';
import { createClientOptions, startTestPubsub } from './testing/start-test-pubsub.ts';

const emulator = findEmulator();

async function startOurs() {
  const pubsub = await startTestPubsub();
  return {
    host: `127.0.0.1:${pubsub.port}`,
    [Symbol.asyncDispose]: () => pubsub[Symbol.asyncDispose](),
  };
}

const SERVERS = [
  { name: 'our Pub/Sub', start: startOurs, isFound: true },
  {
    name: "Google's Pub/Sub emulator",
    start: () => startEmulator(emulator ?? ''),
    isFound: emulator !== undefined,
  },
];

for (const { name, start, isFound } of SERVERS) {
  const title = isFound ? name : `${name} (skipped: gcloud's pubsub-emulator or Java is missing)`;
  describe.skipIf(!isFound)(title, () => {
    let server: Awaited<ReturnType<typeof start>>;
    let publisher: v1.PublisherClient;
    let subscriber: v1.SubscriberClient;
    /** Names in the test's own project. */
    let project: string;
    let topic: string;
    let subscription: string;

    beforeAll(async () => {
      server = await start();
      const [host = '', port] = server.host.split(':');
      publisher = new v1.PublisherClient(createClientOptions(host, Number(port)));
      subscriber = new v1.SubscriberClient(createClientOptions(host, Number(port)));
    });

    afterAll(async () => {
      await publisher.close();
      await subscriber.close();
      await server[Symbol.asyncDispose]();
    });

    beforeEach(async () => {
      project = `p-${randomUUID()}`;
      topic = `projects/${project}/topics/sync-trigger`;
      subscription = `projects/${project}/subscriptions/pull`;
      await create(topic, {});
      await create(subscription, { topic });
    });

    /** Uses REST because the client sends `tags`, which the emulator does not know. */
    const create = async (name: string, body: object): Promise<number> => {
      const response = await fetch(`http://${server.host}/v1/${name}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      await response.text();
      return response.status;
    };

    const publish = async (...texts: string[]) => {
      const messages = texts.map((text) => ({ data: Buffer.from(text) }));
      const [{ messageIds }] = await publisher.publish({ topic, messages });
      return messageIds ?? [];
    };

    const pull = async (from = subscription, maxMessages = 100) => {
      const request = { subscription: from, maxMessages, returnImmediately: true };
      const [{ receivedMessages }] = await subscriber.pull(request);
      return receivedMessages ?? [];
    };

    const textsOf = (received: Awaited<ReturnType<typeof pull>>) =>
      received.map(({ message }) => String(message?.data)).sort();

    test('a message is pulled with its data, attributes, id and time', async () => {
      const data = Buffer.from('{"a":"é"}');
      const messages = [{ data, attributes: { origin: 'test' } }];
      const [{ messageIds }] = await publisher.publish({ topic, messages });
      expect(await pull()).toMatchObject([
        {
          ackId: expect.any(String),
          message: {
            messageId: messageIds?.[0],
            attributes: { origin: 'test' },
            publishTime: { seconds: expect.anything() },
          },
        },
      ]);
    });

    test('the high-level client publishes too', async () => {
      const options = { ...createClientOptions(server.host, 0), projectId: project } as object;
      const client = new PubSub(options);
      await client.topic('sync-trigger').publishMessage({ json: { accept_shrink: true } });
      await client.close();
      expect(textsOf(await pull())).toEqual(['{"accept_shrink":true}']);
    });

    test('an acknowledged message does not come back, a returned one does', async () => {
      await publish('one', 'two');
      const pulled = await pull();
      expect(textsOf(pulled)).toEqual(['one', 'two']);
      const [first, second] = pulled.map(({ ackId }) => ackId as string);
      await subscriber.acknowledge({ subscription, ackIds: [first as string] });
      expect(await pull()).toEqual([]);
      await subscriber.modifyAckDeadline({
        subscription,
        ackIds: [second as string],
        ackDeadlineSeconds: 0,
      });
      expect(textsOf(await pull())).toEqual(textsOf(pulled.slice(1)));
    });

    test('a pull returns at most as many messages as requested', async () => {
      await publish('one', 'two', 'three');
      expect(await pull(subscription, 2)).toHaveLength(2);
      expect(await pull()).toHaveLength(1);
    });

    test('each subscription gets every message published since its creation', async () => {
      await publish('one');
      const late = `projects/${project}/subscriptions/late`;
      await create(late, { topic });
      await publish('two');
      expect(textsOf(await pull())).toEqual(['one', 'two']);
      expect(textsOf(await pull(late))).toEqual(['two']);
    });

    test('an existing resource cannot be created, a missing one cannot be used', async () => {
      const nowhere = `projects/${project}/topics/nowhere`;
      expect(await create(topic, {})).toBe(409);
      expect(await create(subscription, { topic })).toBe(409);
      expect(await create(`${subscription}-2`, { topic: nowhere })).toBe(404);
      await expect(
        publisher.publish({ topic: nowhere, messages: [{ data: Buffer.from('x') }] }),
      ).rejects.toMatchObject({ code: 5 });
      await expect(pull(`projects/${project}/subscriptions/nowhere`)).rejects.toMatchObject({
        code: 5,
      });
    });

    test('a push subscription posts the message as Pub/Sub wraps it', async () => {
      const endpoint = createServer().listen(0, '127.0.0.1');
      await once(endpoint, 'listening');
      const asked = once(endpoint, 'request');
      const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hook?topic=t`;
      const name = `projects/${project}/subscriptions/push`;
      await create(name, { topic, pushConfig: { pushEndpoint: url } });
      const [messageId] = await publish('{}');
      const [request, response] = await asked;
      expect(request.url).toBe('/hook?topic=t');
      expect(JSON.parse(String(await buffer(request)))).toMatchObject({
        message: { data: 'e30=', messageId, publishTime: expect.any(String) },
        subscription: name,
      });
      response.writeHead(204).end();
      endpoint.close();
      endpoint.closeAllConnections();
    });

    test('a dead letter is found, kept, and removed once acknowledged', async () => {
      const target = {
        projectId: project,
        location: 'here',
        workflow: 'w',
        workflowsUrl: 'http://127.0.0.1:9',
      };
      await ensureTopics(`http://${server.host}`, target);
      // A second start of the local cloud finds the topics.
      await ensureTopics(`http://${server.host}`, target);
      const letter = {
        execution_id: 'e',
        run_id: 7,
        records_processed: 0,
        attempts: 3,
        failed_chunks: [2],
        error_message: 'chunks_failed: 2',
        retryable: true,
        argument: {},
      };
      const data = Buffer.from(JSON.stringify(letter));
      const deadLetters = `projects/${project}/topics/sync-dead-letter`;
      await publisher.publish({ topic: deadLetters, messages: [{ data }] });
      const queue = openDeadLetterQueue({ project, pubsubHost: server.host });
      const looked = await queue.pull(10);
      expect(looked).toMatchObject([{ letter }]);
      await queue.release(looked);
      const [again] = await queue.pull(10);
      expect(again).toMatchObject({ letter });
      if (again) await queue.acknowledge(again);
      expect(await queue.pull(10)).toEqual([]);
      await queue.close();
    });
  });
}
