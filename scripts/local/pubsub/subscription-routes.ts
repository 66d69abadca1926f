import express, { type Request, Router } from 'express';
import { z } from 'zod';
import { parseBody, StatusError } from '../rest/status-error.ts';
import type { Broker } from './broker.ts';
import type { PubsubClock } from './pubsub-clock.ts';
import { pushConfigSchema, subscriptionSchema } from './pubsub-resources.ts';
import type { PullWaiters } from './pull-waiters.ts';

// How long the service lets a pull wait before it answers with no messages.
const MAX_WAIT_MS = 20_000;

const pullSchema = z.object({
  maxMessages: z.int().min(1),
  returnImmediately: z.boolean().nullish(),
});
const ackIdsSchema = z.object({ ackIds: z.array(z.string()).min(1) });
const modifyAckDeadlineSchema = ackIdsSchema.extend({
  ackDeadlineSeconds: z.int().min(0).max(600).nullish(),
});
const modifyPushConfigSchema = z.object({ pushConfig: pushConfigSchema });

export interface SubscriptionRoutesOptions {
  readonly broker: Broker;
  readonly waiters: PullWaiters;
  readonly clock: Required<PubsubClock>;
}

type SubscriptionRequest = Request<{ project: string; subscription: string }>;

/** Creates `/v1/projects/P/subscriptions`: resources, pull, acknowledge, deadlines, push config. */
export function createSubscriptionRoutes(options: SubscriptionRoutesOptions): Router {
  const { broker, waiters, clock } = options;
  const router = Router();
  const readJson = express.json({ type: () => true, limit: '16mb' });
  const path = '/v1/projects/:project/subscriptions/:subscription';

  router.put(path, readJson, (request, response) => {
    const subscription = parseBody(subscriptionSchema, {
      ...request.body,
      name: readName(request),
    });
    response.json(broker.createSubscription(subscription));
  });

  router.get(path, (request, response) => {
    response.json(broker.getSubscription(readName(request)));
  });

  router.get('/v1/projects/:project/subscriptions', (request, response) => {
    response.json({ subscriptions: broker.listSubscriptions(request.params.project) });
  });

  router.delete(path, (request, response) => {
    broker.deleteSubscription(readName(request));
    response.json({});
  });

  router.post(`${path}\\:modifyPushConfig`, readJson, (request: SubscriptionRequest, response) => {
    const { pushConfig } = parseBody(modifyPushConfigSchema, request.body);
    broker.replaceSubscription({ ...broker.getSubscription(readName(request)), pushConfig });
    response.json({});
  });

  router.post(`${path}\\:pull`, readJson, async (request: SubscriptionRequest, response) => {
    const { maxMessages, returnImmediately } = parseBody(pullSchema, request.body);
    const name = readName(request);
    const { pushConfig, deadLetterPolicy } = broker.getSubscription(name);
    if (pushConfig.pushEndpoint) {
      throw new StatusError('FAILED_PRECONDITION', `${name} is a push subscription.`);
    }
    const giveUpAt = clock.now() + (returnImmediately ? 0 : MAX_WAIT_MS);
    response.on('close', () => waiters.wake(name));
    let deliveries = broker.lease(name, maxMessages);
    while (deliveries.length === 0 && clock.now() < giveUpAt) {
      const nextAt = Math.min(giveUpAt, broker.nextAvailableAt(name) ?? giveUpAt);
      const isOpen = await waiters.wait(name, nextAt - clock.now());
      // A client that has hung up must not get messages.
      if (!isOpen || response.destroyed || broker.findSubscription(name) === undefined) {
        break;
      }
      deliveries = broker.lease(name, maxMessages);
    }
    response.json({
      receivedMessages: deliveries.map(({ ackId, message, attempts }) => ({
        ackId,
        message,
        ...(deadLetterPolicy && { deliveryAttempt: attempts }),
      })),
    });
  });

  router.post(`${path}\\:acknowledge`, readJson, (request: SubscriptionRequest, response) => {
    const { ackIds } = parseBody(ackIdsSchema, request.body);
    broker.acknowledge(readName(request), ackIds);
    response.json({});
  });

  router.post(`${path}\\:modifyAckDeadline`, readJson, (request: SubscriptionRequest, response) => {
    const { ackIds, ackDeadlineSeconds } = parseBody(modifyAckDeadlineSchema, request.body);
    broker.postpone(readName(request), ackIds, (ackDeadlineSeconds ?? 0) * 1000);
    response.json({});
  });

  return router;
}

function readName({ params }: SubscriptionRequest): string {
  return `projects/${params.project}/subscriptions/${params.subscription}`;
}
