import { createPushBody } from './create-push-body.ts';
import type { PubsubClock } from './pubsub-clock.ts';
import type { Delivery, Subscription } from './pubsub-resources.ts';

/** Delivers a message. Resolves if the subscriber accepts it, rejects if it must be sent again. */
export type Push = (subscription: Subscription, delivery: Delivery) => Promise<void>;

/** Creates a push over HTTP: the endpoint must answer a POST with 2xx within the ack deadline. */
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
