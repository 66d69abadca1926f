import type { PubsubClock } from '../pubsub-clock.ts';

/** A clock that stands until a test moves it. */
export type TestClock = Required<PubsubClock> & {
  /** Moves the time on and fires, in their order, the timers that are due. */
  advance(ms: number): void;
  /** Resolves once a timer of this delay is running. */
  waitForTimer(delayMs: number): Promise<void>;
  /** Resolves once no timer of this delay is running. */
  waitForNoTimer(delayMs: number): Promise<void>;
};

interface Timer {
  readonly callback: () => void;
  readonly delayMs: number;
  readonly at: number;
}

export function createTestClock(startMs = Date.parse('2026-01-05T11:00:00Z')): TestClock {
  let now = startMs;
  const timers = new Set<Timer>();
  const waiting = new Map<number, () => void>();
  const isRunning = (delayMs: number) => [...timers].some((timer) => timer.delayMs === delayMs);

  async function waitUntil(delayMs: number, condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => waiting.set(delayMs, resolve));
    }
    waiting.delete(delayMs);
  }

  return {
    now: () => now,
    startTimer: (callback, delayMs) => {
      const timer = { callback, delayMs, at: now + delayMs };
      timers.add(timer);
      waiting.get(delayMs)?.();
      return () => {
        timers.delete(timer);
        waiting.get(delayMs)?.();
      };
    },
    advance: (ms) => {
      now += ms;
      const due = [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      for (const timer of due) {
        timers.delete(timer);
        timer.callback();
      }
    },
    waitForTimer: (delayMs) => waitUntil(delayMs, () => isRunning(delayMs)),
    waitForNoTimer: (delayMs) => waitUntil(delayMs, () => !isRunning(delayMs)),
  };
}
