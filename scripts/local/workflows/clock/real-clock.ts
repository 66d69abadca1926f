import type { Clock } from './clock.ts';
import { createWarpedClock } from './warped-clock.ts';

/** The machine's clock. */
export function createRealClock(): Clock {
  return createWarpedClock(1);
}
