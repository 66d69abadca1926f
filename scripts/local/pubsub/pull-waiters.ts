import type { PubsubClock } from './pubsub-clock.ts';

/** Pull requests that wait for a message. */
export type PullWaiters = {
  /** Resolves when the subscription is woken, the time is over or the api closes. */
  wait(subscription: string, delayMs: number): Promise<void>;
  wake(subscription: string): void;
  close(): void;
};

export function createPullWaiters({ startTimer }: Required<PubsubClock>): PullWaiters {
  const waiters = new Map<string, Set<() => void>>();

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
    },
    wake,
    close: () => {
      for (const subscription of waiters.keys()) {
        wake(subscription);
      }
    },
  };
}
