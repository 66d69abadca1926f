import type { Clock } from '../clock/clock.ts';
import { createError } from '../errors/workflow-error.ts';
import type { CallContext } from '../library/library-function.ts';
import type { PollingPolicy } from './connector-parameters.ts';

/** The end of a connector's call. */
export interface Deadline {
  /**
   * The time left.
   *
   * @throws WorkflowError tagged TimeoutError when there is none.
   */
  remainingSeconds(): number;
}

export function createDeadline(clock: Clock, timeoutSeconds: number): Deadline {
  const endsAt = clock.now() + timeoutSeconds;
  return {
    remainingSeconds() {
      const seconds = endsAt - clock.now();
      if (seconds > 0) return seconds;
      throw createError('TimeoutError', `the call took longer than ${timeoutSeconds} seconds`);
    },
  };
}

/**
 * Polls until there is an answer, after delays that grow by the policy.
 *
 * @throws WorkflowError tagged TimeoutError at the deadline; any error of `ask`.
 */
export async function pollUntilDone<T>(
  ask: () => Promise<T | undefined>,
  policy: PollingPolicy,
  deadline: Deadline,
  { clock, signal }: Pick<CallContext, 'clock' | 'signal'>,
): Promise<T> {
  let delay = Math.min(policy.initialDelaySeconds, policy.maxDelaySeconds);
  for (;;) {
    await clock.sleep(Math.min(delay, deadline.remainingSeconds()), signal);
    const answer = await ask();
    if (answer !== undefined) return answer;
    delay = Math.min(delay * policy.multiplier, policy.maxDelaySeconds);
  }
}
