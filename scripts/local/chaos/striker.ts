import type { DatabaseProxy } from './database-proxy.ts';
import type { FunctionGate } from './function-gate.ts';
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

/** A fault at the nth time (from 1) that a run comes to a point. */
export interface Strike {
  readonly point: PointName;
  readonly fault: FaultName;
  readonly nth: number;
}

/** Watches every moment of a run, and strikes where it has been told to, once each. */
export const createStriker = (database: Restartable<unknown>) => {
  const targets = new Map<Step, Target>();
  let armed: { strike: Strike; left: number }[] = [];
  return {
    add: (step: Step, target: Target) => targets.set(step, target),
    arm(strikes: readonly Strike[]) {
      armed = strikes.map((strike) => ({ strike, left: strike.nth }));
    },
    /** Takes back what has not struck. @returns how many have. */
    disarm(): number {
      const struck = armed.filter(({ left }) => left <= 0).length;
      armed = [];
      return struck;
    },
    async watch(step: Step, moment: Moment): Promise<void> {
      const target = targets.get(step);
      if (target === undefined) return;
      for (const each of armed) {
        const point = POINTS[each.strike.point];
        if (point.step !== step || !point.is(moment)) continue;
        each.left -= 1;
        if (each.left === 0) await FAULTS[each.strike.fault]({ ...target, database });
      }
    },
  };
};
