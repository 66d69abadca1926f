import type { Broker } from './broker.ts';
import type { Push } from './post-push.ts';
import type { PubsubClock } from './pubsub-clock.ts';
import { type Delivery, parseDurationMs, type Subscription } from './pubsub-resources.ts';

export interface PushDelivererOptions {
  readonly broker: Broker;
  readonly push: Push;
  readonly clock: Required<PubsubClock>;
  readonly log: (message: string) => void;
}

export interface PushDeliverer {
  /** Delivers the subscription's messages, now or when available, if it is a push subscription. */
  deliver(subscription: string): void;
  close(): void;
}

const MAX_MESSAGES = 1000;
// The service's back-off for subscriptions without a retry policy.
const DEFAULT_BACKOFF = { minimumBackoff: '0.1s', maximumBackoff: '60s' };

/** Pushes messages as they come, and refused ones again after an exponential delay. */
export function createPushDeliverer(options: PushDelivererOptions): PushDeliverer {
  const { broker, push, clock, log } = options;
  const timers = new Map<string, () => void>();
  let closed = false;

  function findPushSubscription(name: string): Subscription | undefined {
    const subscription = closed ? undefined : broker.findSubscription(name);
    return subscription?.pushConfig.pushEndpoint ? subscription : undefined;
  }

  function deliverAvailable(name: string): void {
    const subscription = findPushSubscription(name);
    if (subscription === undefined) {
      return;
    }
    for (const delivery of broker.lease(name, MAX_MESSAGES)) {
      void deliverOne(subscription, delivery);
    }
    startNextTimer(name);
  }

  // One timer per subscription, for the first message whose lease or back-off ends.
  function startNextTimer(name: string): void {
    timers.get(name)?.();
    const availableAt = broker.nextAvailableAt(name);
    if (availableAt === undefined) {
      timers.delete(name);
      return;
    }
    const delayMs = Math.max(0, availableAt - clock.now());
    timers.set(
      name,
      clock.startTimer(() => deliverAvailable(name), delayMs),
    );
  }

  async function deliverOne(subscription: Subscription, delivery: Delivery): Promise<void> {
    const { name } = subscription;
    const what = `message ${delivery.message.messageId} to ${name}`;
    const failure = await push(subscription, delivery).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (broker.findSubscription(name) === undefined) {
      return;
    }
    if (failure === undefined) {
      broker.acknowledge(name, [delivery.ackId]);
      log(`pubsub: pushed ${what}`);
      return;
    }
    const delayMs = computeDelayMs(subscription, delivery.attempts);
    broker.postpone(name, [delivery.ackId], delayMs);
    log(`pubsub: push of ${what} failed: ${String(failure.error)}`);
  }

  return {
    // Deferred, so a publisher gets its answer before the message is pushed.
    deliver: (name) => queueMicrotask(() => deliverAvailable(name)),
    close: () => {
      closed = true;
      for (const stopTimer of timers.values()) {
        stopTimer();
      }
      timers.clear();
    },
  };
}

/** Computes when to push a refused message again: at once if it is due to be dead-lettered. */
function computeDelayMs({ deadLetterPolicy, retryPolicy }: Subscription, attempts: number): number {
  if (deadLetterPolicy && attempts >= deadLetterPolicy.maxDeliveryAttempts) {
    return 0;
  }
  const { minimumBackoff, maximumBackoff } = retryPolicy ?? DEFAULT_BACKOFF;
  const delayMs = parseDurationMs(minimumBackoff) * 2 ** (attempts - 1);
  return Math.min(delayMs, parseDurationMs(maximumBackoff));
}
