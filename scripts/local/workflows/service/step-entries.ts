import type { Trace } from '../interpreter/runtime/trace.ts';
import type { StepEntry } from './step-entry.ts';
import { createStepEntryLog, type StepEntryLog } from './step-entry-log.ts';

/** The step entries of every execution that has some left. */
export interface StepEntries {
  /** Where an execution reports its way. */
  trace(executionId: string, options: { readonly isDetailed: boolean }): Omit<Trace, 'handled'>;
  /** In the order in which they began; none for an execution that has been forgotten. */
  list(executionId: string): readonly StepEntry[];
  remove(executionId: string): void;
}

// An entry is a unit of about 256 bytes; variables and exceptions count by their size.
const KEEP_UNITS_PER_EXECUTION = 10_000;
const KEEP_UNITS = 100_000;

/**
 * Keeps what executions report: the last 10,000 entries of each and 100,000 of all; the entries of
 * the oldest execution leave first.
 */
export function createStepEntries(options: {
  readonly now: () => number;
  readonly keepUnitsPerExecution?: number;
  readonly keepUnits?: number;
}): StepEntries {
  const keepUnits = options.keepUnits ?? KEEP_UNITS;
  const logs = new Map<string, StepEntryLog>();

  // Only when an execution begins, so that its own limit bounds by how much the sum is exceeded.
  function dropOldest(): void {
    let units = 0;
    for (const log of logs.values()) units += log.size();
    for (const [id, log] of logs) {
      if (units <= keepUnits) return;
      units -= log.size();
      log.clear();
      logs.delete(id);
    }
  }

  return {
    trace(executionId, { isDetailed }) {
      dropOldest();
      const log = createStepEntryLog({
        keepUnits: options.keepUnitsPerExecution ?? KEEP_UNITS_PER_EXECUTION,
        isDetailed,
        now: options.now,
      });
      logs.set(executionId, log);
      return log.trace;
    },
    list: (executionId) => logs.get(executionId)?.list() ?? [],
    remove(executionId) {
      logs.get(executionId)?.clear();
      logs.delete(executionId);
    },
  };
}
