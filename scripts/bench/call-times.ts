import { parseLogLine } from '../local/logs/parse-log-line.ts';

/** The calls of one function during a sync, in milliseconds. */
export interface StepTimes {
  readonly calls: number;
  /** From the start of the first call to the end of the last. */
  readonly span: number;
  /** The sum of their durations, greater than `span` when they run concurrently. */
  readonly busy: number;
}

export interface CallTimes {
  readonly steps: Readonly<Record<string, StepTimes>>;
  /** Time without any call. */
  readonly between: number;
}

interface Call {
  readonly step: string;
  readonly start: number;
  readonly end: number;
}

export interface CallClock {
  /** Takes a line of a function's log. */
  watch(line: string): void;
  /** Waits until open calls have ended, then returns all calls and clears them. */
  take(): Promise<readonly Call[]>;
}

/** Times calls by the functions' log entries `call_started` and `call_completed`. */
export function createCallClock(now: () => number = () => performance.now()): CallClock {
  let calls: Call[] = [];
  let open = 0;
  let onIdle = (): void => {};

  return {
    watch(line) {
      const entry = parseLogLine(line);
      if (entry?.event === 'call_started') open += 1;
      if (entry?.event !== 'call_completed' && entry?.event !== 'call_failed') return;
      const end = now();
      calls.push({ step: String(entry.step), start: end - Number(entry.duration_ms), end });
      open -= 1;
      if (open === 0) onIdle();
    },
    async take() {
      // A function logs the end of a call only after answering it.
      if (open > 0) {
        await new Promise<void>((resolve) => {
          onIdle = resolve;
        });
      }
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}

/** Sums calls by step. @param total the sync's milliseconds, from its trigger to its end. */
export function sumCalls(calls: readonly Call[], total: number): CallTimes {
  const steps = Map.groupBy(calls, ({ step }) => step);
  return {
    steps: Object.fromEntries([...steps].map(([step, own]) => [step, sumStep(own)])),
    between: Math.max(0, total - coveredTime(calls)),
  };
}

function sumStep(calls: readonly Call[]): StepTimes {
  return {
    calls: calls.length,
    span: Math.max(...calls.map(({ end }) => end)) - Math.min(...calls.map(({ start }) => start)),
    busy: calls.reduce((sum, { start, end }) => sum + end - start, 0),
  };
}

/** The time during which at least one call was under way. */
function coveredTime(calls: readonly Call[]): number {
  let covered = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end } of calls.toSorted((a, b) => a.start - b.start)) {
    covered += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return covered;
}
