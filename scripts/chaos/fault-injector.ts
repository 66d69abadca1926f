import type { DatabaseProxy } from './database-proxy.ts';
import type { FunctionGate } from './function-proxy.ts';
import { type Moment, POINTS, type PointName, type Step } from './points.ts';
import type { Restartable } from './restartable.ts';

/** What belongs to one function and can be struck. */
interface Target {
  readonly process: Restartable<unknown>;
  readonly proxy: DatabaseProxy;
  readonly gate: FunctionGate;
}

type Strikeable = Target & { readonly database: Restartable<unknown> };

/** What can happen at a point. */
export const FAULTS = {
  'process killed': ({ process }) => process.crash(),
  'call cut': async ({ gate }) => gate.cut(),
  '503 answered': async ({ gate }) => gate.answer503(),
  'database connections cut': async ({ proxy }) => proxy.cut(),
  'PostgreSQL restarted': ({ database }) => database.crash(),
} as const satisfies Record<string, (target: Strikeable) => Promise<void>>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** A fault when a run comes to a point for the nth time (from 1) and each time after, `times` in all. */
export interface Strike {
  readonly point: PointName;
  readonly fault: FaultName;
  readonly nth: number;
  readonly times: number;
}

/** Watches every moment of a run, and strikes where it has been told to. */
export function createStriker(database: Restartable<unknown>) {
  const targets = new Map<Step, Target>();
  let armed: { readonly strike: Strike; seen: number }[] = [];
  return {
    add: (step: Step, target: Target) => targets.set(step, target),
    arm(strikes: readonly Strike[]) {
      armed = strikes.map((strike) => ({ strike, seen: 0 }));
    },
    /** Takes back what has not struck. @returns how many have. */
    disarm(): number {
      const struck = armed.filter(({ strike, seen }) => seen >= strike.nth).length;
      armed = [];
      return struck;
    },
    async watch(step: Step, moment: Moment): Promise<void> {
      const target = targets.get(step);
      if (target === undefined) return;
      for (const each of armed) {
        const { fault, nth, times } = each.strike;
        const point = POINTS[each.strike.point];
        if (point.step !== step || !point.is(moment)) continue;
        each.seen += 1;
        if (each.seen < nth || each.seen >= nth + times) continue;
        await FAULTS[fault]({ ...target, database });
      }
    },
  };
}
