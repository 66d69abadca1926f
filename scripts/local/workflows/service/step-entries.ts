import type { Trace } from '../interpreter/runtime/trace.ts';
import type { StepEntry } from './step-entry.ts';
import { createStepEntryLog, type StepEntryLog } from './step-entry-log.ts';

/** The step entries of all executions. */
export interface StepEntries {
  /** Creates the trace that an execution reports to. */
  trace(executionId: string, options: { readonly isDetailed: boolean }): Omit<Trace, 'handled'>;
  /** Lists entries in the order in which they began; none for an execution that was dropped. */
  list(executionId: string): readonly StepEntry[];
  remove(executionId: string): void;
}

// A unit is about 256 bytes. An entry takes one, and more by the size of its variables and
// exception.
const KEEP_UNITS_PER_EXECUTION = 10_000;
const KEEP_UNITS = 100_000;

/**
 * Creates the store of step entries: the last 10,000 of each execution and 100,000 in all. The
 * entries of the oldest execution are dropped first.
 */
export function createStepEntries(options: {
  readonly now: () => number;
  readonly keepUnitsPerExecution?: number;
  readonly keepUnits?: number;
}): StepEntries {
  const keepUnits = options.keepUnits ?? KEEP_UNITS;
  const logs = new Map<string, StepEntryLog>();

  // Runs only when an execution begins; the limit per execution bounds the excess until then.
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
