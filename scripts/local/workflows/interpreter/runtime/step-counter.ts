import type { Clock } from '../../clock/clock.ts';
import { createLimitError } from '../../errors/workflow-error.ts';
import type { MaybePromise } from '../../expressions/maybe-promise.ts';
import { RUN_LIMITS } from './run-limits.ts';

const STEPS_BETWEEN_PAUSES = 1000;

/** Counts the steps of an execution against the limit. */
export interface StepCounter {
  /** Counts steps. Every 1,000 steps it returns a promise, so a busy loop yields to other work. */
  count(steps: number): MaybePromise<void>;
}

export function createStepCounter(clock: Clock, signal: AbortSignal): StepCounter {
  let counted = 0;
  let pauseAt = STEPS_BETWEEN_PAUSES;
  return {
    count(steps) {
      signal.throwIfAborted();
      counted += steps;
      if (counted > RUN_LIMITS.steps) {
        throw createLimitError(
          'ResourceLimitError',
          `the execution exceeds the limit of ${RUN_LIMITS.steps} steps`,
        );
      }
      if (counted < pauseAt) return undefined;
      pauseAt = counted + STEPS_BETWEEN_PAUSES;
      return pause(clock);
    },
  };
}

async function pause(clock: Clock): Promise<void> {
  const release = clock.hold?.();
  await new Promise<void>((resolve) => setImmediate(resolve));
  release?.();
}
