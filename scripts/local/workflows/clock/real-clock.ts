import type { Clock } from './clock.ts';
import { createWarpedClock } from './warped-clock.ts';

/** Creates the system clock. */
export function createRealClock(): Clock {
  return createWarpedClock(1);
}
