import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from './clock.ts';

// setTimeout takes at most 2^31 - 1 ms (24.8 days); a sleep may last a year.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Creates a clock on which a sleep of n seconds takes n / factor. `now` stays the real time. */
export function createWarpedClock(factor: number): Clock {
  if (!(factor > 0)) throw new RangeError(`a clock's warp factor must be above 0, not ${factor}`);
  return {
    now: () => (performance.timeOrigin + performance.now()) / 1000,
    sleep: (seconds, signal) => waitFor(seconds / factor, signal),
    limit: waitFor,
  };
}

async function waitFor(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  let leftMs = seconds * 1000;
  do {
    const partMs = Math.min(leftMs, LONGEST_TIMER_MS);
    leftMs -= partMs;
    await wait(partMs, undefined, signal === undefined ? {} : { signal }).catch((error) => {
      throw signal?.aborted ? signal.reason : error;
    });
  } while (leftMs > 0);
}
