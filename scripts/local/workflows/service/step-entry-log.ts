import { WorkflowError } from '../errors/workflow-error.ts';
import { describeFailure } from '../interpreter/runtime/describe-failure.ts';
import type { Trace } from '../interpreter/runtime/trace.ts';
import { measureValue } from '../values/measure-value.ts';
import type { Value } from '../values/value.ts';
import type { StepEntry } from './step-entry.ts';

/** The step entries of one execution. Beyond a limit, the oldest finished ones are dropped. */
export interface StepEntryLog {
  readonly trace: Omit<Trace, 'handled'>;
  list(): readonly StepEntry[];
  /** The size of all entries in units of about 256 bytes. */
  size(): number;
  clear(): void;
}

const UNIT_BYTES = 256;
const LARGEST_VARIABLE_BYTES = 4096;
const LONGEST_EXCEPTION = 4096;

export function createStepEntryLog(options: {
  readonly keepUnits: number;
  readonly isDetailed: boolean;
  readonly now: () => number;
}): StepEntryLog {
  const { keepUnits, isDetailed, now } = options;
  const byId = new Map<number, StepEntry>();
  let lastId = 0;
  let units = 0;

  function save(entry: StepEntry): void {
    const before = byId.get(entry.id);
    units += measureUnits(entry) - (before === undefined ? 0 : measureUnits(before));
    byId.set(entry.id, entry);
    if (units > keepUnits) dropOldest();
  }

  // Entries in progress stay: they are few, and other entries refer to them.
  function dropOldest(): void {
    for (const entry of byId.values()) {
      if (units <= keepUnits) return;
      if (entry.state === 'IN_PROGRESS') continue;
      byId.delete(entry.id);
      units -= measureUnits(entry);
    }
  }

  return {
    list: () => [...byId.values()],
    size: () => units,
    clear() {
      byId.clear();
      units = 0;
    },
    trace: {
      begin({ parent, kind, routine, step, thread, progress }) {
        lastId += 1;
        const time = now();
        save({
          id: lastId,
          parent: parent?.id,
          kind,
          routine,
          step,
          thread,
          progress,
          expected: undefined,
          state: 'IN_PROGRESS',
          createTime: time,
          updateTime: time,
          exception: undefined,
          variables: undefined,
        });
        return { id: lastId };
      },
      expect({ id }, count) {
        const entry = byId.get(id);
        if (isDetailed && entry !== undefined) byId.set(id, { ...entry, expected: count });
      },
      end({ id }, { error, variables }) {
        const entry = byId.get(id);
        if (entry === undefined) return;
        save({
          ...entry,
          ...describeEnd(error),
          updateTime: now(),
          variables:
            isDetailed && variables !== undefined ? [...variables()].map(cutLarge) : undefined,
        });
      },
    },
  };
}

function describeEnd(error: unknown): Pick<StepEntry, 'state' | 'exception'> {
  if (error === undefined) return { state: 'SUCCEEDED', exception: undefined };
  // Any other error is the reason of an abort.
  if (!(error instanceof WorkflowError)) return { state: 'CANCELLED', exception: undefined };
  return {
    state: 'FAILED',
    exception: describeFailure(error).payload.slice(0, LONGEST_EXCEPTION),
  };
}

function cutLarge([name, value]: readonly [string, Value]): readonly [string, Value] {
  const bytes = measureValue(value);
  return [name, bytes > LARGEST_VARIABLE_BYTES ? `(${bytes} bytes, not kept)` : value];
}

function measureUnits({ exception, variables }: StepEntry): number {
  let bytes = exception?.length ?? 0;
  for (const [, value] of variables ?? []) bytes += measureValue(value);
  return 1 + Math.floor(bytes / UNIT_BYTES);
}
