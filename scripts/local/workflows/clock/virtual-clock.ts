import type { Clock } from './clock.ts';

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

export interface VirtualClock extends Clock {
  /** Advances time by hand and wakes every sleeper that is due, in order. */
  advance(seconds: number): void;
  /** The seconds of each sleep so far, in the order of the calls, without time-outs. */
  sleeps(): readonly number[];
}

interface VirtualClockOptions {
  /** Start time in Unix seconds. */
  startsAt?: number;
  /** Whether time jumps to the next wake-up once nothing else is under way. Default true. */
  movesByItself?: boolean;
}

/** Creates a clock for tests: sleeps take no real time and wake in exact order. */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const movesByItself = options.movesByItself ?? true;
  const sleepers = new Set<Sleeper>();
  const asked: number[] = [];
  let now = options.startsAt ?? 1_700_000_000;
  let holds = 0;
  let scheduled = false;

  function wakeUntil(time: number): void {
    for (
      let next = findEarliest(sleepers);
      next && next.wakesAt <= time;
      next = findEarliest(sleepers)
    ) {
      sleepers.delete(next);
      now = Math.max(now, next.wakesAt);
      next.wake();
    }
  }

  // setImmediate runs after all ready promises, so whatever does not need time has already run.
  function scheduleMove(): void {
    if (!movesByItself || scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (holds > 0) return;
      const next = findEarliest(sleepers);
      if (next === undefined) return;
      sleepers.delete(next);
      now = Math.max(now, next.wakesAt);
      next.wake();
      scheduleMove();
    });
  }

  function waitFor(seconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        wakesAt: now + seconds,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      sleepers.add(sleeper);
      scheduleMove();
    });
  }

  return {
    now: () => now,
    sleeps: () => [...asked],
    limit: waitFor,
    sleep(seconds, signal) {
      asked.push(seconds);
      return waitFor(seconds, signal);
    },
    hold() {
      holds += 1;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        holds -= 1;
        scheduleMove();
      };
    },
    advance(seconds) {
      const until = now + seconds;
      wakeUntil(until);
      now = until;
    },
  };
}

function findEarliest(sleepers: Iterable<Sleeper>): Sleeper | undefined {
  let earliest: Sleeper | undefined;
  for (const sleeper of sleepers) {
    if (earliest === undefined || sleeper.wakesAt < earliest.wakesAt) earliest = sleeper;
  }
  return earliest;
}
