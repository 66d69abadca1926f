import type { Clock } from './clock.ts';

// setTimeout takes at most 2^31 - 1 ms (24.8 days); a sleep may last a year.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock, but a sleep of n seconds lasts n / factor. `now` stays the true time. */
export function createWarpedClock(factor: number): Clock {
  if (!(factor > 0)) throw new RangeError(`a clock's warp factor must be above 0, not ${factor}`);
  return {
    now: () => (performance.timeOrigin + performance.now()) / 1000,
    sleep: (seconds, signal) => waitFor(seconds / factor, signal),
    limit: waitFor,
  };
}

async function waitFor(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  for (let leftMs = seconds * 1000; leftMs >= 0; leftMs -= LONGEST_TIMER_MS) {
    await waitForTimer(Math.min(leftMs, LONGEST_TIMER_MS), signal);
  }
}

// The one of node:timers/promises makes an error of its own, with its stack, for each wait that is
// given up: as many as there are requests.
function waitForTimer(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
