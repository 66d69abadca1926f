import { type Execution, readExecutionId } from '../service/execution.ts';
import type { Fields } from './list/field.ts';

const labels = { kind: 'map', read: (execution: Execution) => execution.labels ?? {} } as const;

/** What executions can be filtered by, and ordered by but for the last ones. */
export const EXECUTION_FIELDS: Fields<Execution> = {
  executionId: { kind: 'text', read: readExecutionId },
  state: { kind: 'text', read: ({ state }) => state },
  createTime: { kind: 'time', read: ({ createTime }) => createTime },
  startTime: { kind: 'time', read: ({ startTime }) => startTime },
  endTime: { kind: 'time', read: ({ endTime }) => endTime },
  duration: { kind: 'duration', read: ({ duration }) => duration },
  workflowRevisionId: { kind: 'text', read: ({ workflowRevisionId }) => workflowRevisionId },
  stepName: { kind: 'texts', read: ({ status }) => status.currentSteps.map(({ step }) => step) },
  // UNCONFIRMED which of the two is written; the reference says `label`, the resource `labels`.
  label: labels,
  labels,
  // Nothing is ever queued here, so nothing can overflow.
  disableConcurrencyQuotaOverflowBuffering: { kind: 'text', read: () => 'false' },
};
