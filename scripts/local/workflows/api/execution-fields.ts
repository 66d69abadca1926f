import { type Execution, readExecutionId } from '../service/execution.ts';
import type { Fields } from './list/field.ts';

const labels = { kind: 'map', read: (execution: Execution) => execution.labels ?? {} } as const;

/** Fields to filter and order executions by. The maps cannot be ordered by. */
export const EXECUTION_FIELDS: Fields<Execution> = {
  executionId: { kind: 'text', read: readExecutionId },
  state: { kind: 'text', read: ({ state }) => state },
  createTime: { kind: 'time', read: ({ createTime }) => createTime },
  startTime: { kind: 'time', read: ({ startTime }) => startTime },
  endTime: { kind: 'time', read: ({ endTime }) => endTime },
  duration: { kind: 'duration', read: ({ duration }) => duration },
  workflowRevisionId: { kind: 'text', read: ({ workflowRevisionId }) => workflowRevisionId },
  stepName: { kind: 'texts', read: ({ status }) => status.currentSteps.map(({ step }) => step) },
  // UNCONFIRMED: which of the two is right. The reference says `label`, the resource `labels`.
  label: labels,
  labels,
  // Executions are never queued here, so none overflow.
  disableConcurrencyQuotaOverflowBuffering: { kind: 'text', read: () => 'false' },
};
