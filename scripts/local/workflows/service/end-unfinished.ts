import type { Execution } from './execution.ts';

/**
 * Fails an execution of an earlier process that had not ended. Its end time is when this was
 * noticed, because the time at which the process stopped is unknown.
 */
export function endUnfinished(execution: Execution, endTime: string): Execution {
  if (execution.state !== 'ACTIVE') return execution;
  const message = 'the local Cloud Workflows stopped while the execution was running';
  return {
    ...execution,
    state: 'FAILED',
    endTime,
    error: {
      payload: JSON.stringify({ message, tags: ['SystemError'] }),
      context: message,
      stackTrace: { elements: [] },
    },
  };
}
