import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v1 } from '@google-cloud/pubsub';
import express from 'express';
import { PassThroughClient } from 'google-auth-library';
import { createPubsubApi, type PubsubApi, type PubsubApiOptions } from './create-pubsub-api.ts';
import { createTestClock, type TestClock } from './create-test-clock.ts';

export const PROJECT = 'projects/test-project';
export const TOPIC = `${PROJECT}/topics/sync-trigger`;
export const SUBSCRIPTION = `${PROJECT}/subscriptions/sync-trigger-pull`;

/** A Pub/Sub server of a test's own, with Google's clients pointed at it. */
export type TestPubsub = AsyncDisposable & {
  readonly api: PubsubApi;
  readonly clock: TestClock;
  readonly port: number;
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
  publishText(topic: string, ...texts: readonly string[]): Promise<void>;
  /** Pulls what is there now: the ack id, text and delivery attempt of each message. */
  pull(subscription?: string): Promise<readonly Pulled[]>;
};

interface Pulled {
  readonly ackId: string;
  readonly text: string;
  readonly attempt: number;
}

export async function startTestPubsub(
  options: Partial<PubsubApiOptions> = {},
): Promise<TestPubsub> {
  const clock = createTestClock();
  const api = createPubsubApi({ clock, ...options });
  const server = createServer(express().use(api.router));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clientOptions = createClientOptions('127.0.0.1', port);
  const publisher = new v1.PublisherClient(clientOptions);
  const subscriber = new v1.SubscriberClient(clientOptions);

  return {
    api,
    clock,
    port,
    publisher,
    subscriber,
    publishText: async (topic, ...texts) => {
      await publisher.publish({
        topic,
        messages: texts.map((text) => ({ data: Buffer.from(text) })),
      });
    },
    pull: async (subscription = SUBSCRIPTION) => {
      const request = { subscription, maxMessages: 100, returnImmediately: true };
      const [{ receivedMessages }] = await subscriber.pull(request);
      return (receivedMessages ?? []).map(({ ackId, message, deliveryAttempt }) => ({
        ackId: ackId ?? '',
        text: Buffer.from(message?.data ?? '').toString(),
        attempt: deliveryAttempt ?? 0,
      }));
    },
    [Symbol.asyncDispose]: async () => {
      api.close();
      await Promise.all([publisher.close(), subscriber.close()]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What makes a Pub/Sub client speak REST over http without credentials. */
export function createClientOptions(apiEndpoint: string, port: number) {
  return {
    projectId: 'test-project',
    fallback: true as const,
    protocol: 'http',
    apiEndpoint,
    port,
    // gax's own google-auth-library declares another AuthClient; at run time the two are one.
    authClient: new PassThroughClient() as never,
  };
}
