import { createPushBody } from './create-push-body.ts';
import type { PubsubClock } from './pubsub-clock.ts';
import type { Delivery, Subscription } from './pubsub-resources.ts';

/** Delivers one message; resolves if the subscriber took it, rejects if it must come again. */
export type Push = (subscription: Subscription, delivery: Delivery) => Promise<void>;

/** Push by HTTP: a POST to the subscription's endpoint that must answer 2xx within the ack deadline. */
export function createPostPush({ startTimer }: Required<PubsubClock>): Push {
  return async (subscription, delivery) => {
    const { pushConfig, ackDeadlineSeconds } = subscription;
    const controller = new AbortController();
    const stopTimer = startTimer(
      () => controller.abort(new Error(`no answer within ${ackDeadlineSeconds} s`)),
      ackDeadlineSeconds * 1000,
    );
    try {
      const response = await fetch(pushConfig.pushEndpoint ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'APIs-Google' },
        body: JSON.stringify(createPushBody(subscription, delivery)),
        signal: controller.signal,
      });
      await response.arrayBuffer();
      if (!response.ok) {
        throw new Error(`${pushConfig.pushEndpoint} answered ${response.status}`);
      }
    } finally {
      stopTimer();
    }
  };
}
