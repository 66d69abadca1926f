import type { PubsubClock } from './pubsub-clock.ts';

/** Pull requests that are waiting for a message. */
export interface PullWaiters {
  /** Resolves when the subscription is woken or the delay is over; with false once closed. */
  wait(subscription: string, delayMs: number): Promise<boolean>;
  wake(subscription: string): void;
  close(): void;
}

export function createPullWaiters({ startTimer }: Required<PubsubClock>): PullWaiters {
  const waiters = new Map<string, Set<() => void>>();
  let closed = false;

  function wake(subscription: string): void {
    for (const resolve of waiters.get(subscription) ?? []) {
      resolve();
    }
  }

  return {
    wait: async (subscription, delayMs) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiting = waiters.get(subscription) ?? new Set();
      waiters.set(subscription, waiting.add(resolve));
      const stopTimer = startTimer(resolve, delayMs);
      await promise;
      stopTimer();
      waiting.delete(resolve);
      return !closed;
    },
    wake,
    close: () => {
      closed = true;
      for (const subscription of waiters.keys()) {
        wake(subscription);
      }
    },
  };
}
