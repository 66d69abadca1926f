import type { Execution } from './execution.ts';

/**
 * An execution of an earlier process: one that had not ended has failed. When its process went away is
 * known only by when that was noticed.
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
