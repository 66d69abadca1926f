import type { DatabaseProxy } from './database-proxy.ts';
import type { FunctionProxy } from './function-proxy.ts';
import { type Moment, POINTS, type PointName, type Step } from './points.ts';
import type { Restartable } from './restartable.ts';

/** The parts of one function that a fault can hit. */
interface Target {
  readonly process: Restartable<unknown>;
  readonly databaseProxy: DatabaseProxy;
  readonly functionProxy: FunctionProxy;
}

type FaultTarget = Target & { readonly database: Restartable<unknown> };

const FAULT_ACTIONS = {
  'process killed': ({ process }) => process.crash(),
  'call cut': async ({ functionProxy }) => functionProxy.cut(),
  '503 answered': async ({ functionProxy }) => functionProxy.answer503(),
  'database connections cut': async ({ databaseProxy }) => databaseProxy.cut(),
  'PostgreSQL restarted': ({ database }) => database.crash(),
} as const satisfies Record<string, (target: FaultTarget) => Promise<void>>;

export type FaultKind = keyof typeof FAULT_ACTIONS;
export const FAULT_KINDS = Object.keys(FAULT_ACTIONS) as readonly FaultKind[];

/** A fault at a point of a run. */
export interface Fault {
  readonly point: PointName;
  readonly kind: FaultKind;
  /** The visit to the point, from 1, at which the fault first occurs. */
  readonly nth: number;
  /** The number of consecutive visits at which it occurs. */
  readonly times: number;
}

/** Watches every moment of a run and injects the faults that are armed. */
export function createFaultInjector(database: Restartable<unknown>) {
  const targets = new Map<Step, Target>();
  let armed: { readonly fault: Fault; visits: number }[] = [];
  return {
    add: (step: Step, target: Target) => targets.set(step, target),
    arm(faults: readonly Fault[]) {
      armed = faults.map((fault) => ({ fault, visits: 0 }));
    },
    /** Clears the armed faults. @returns how many of them have occurred. */
    disarm(): number {
      const occurred = armed.filter(({ fault, visits }) => visits >= fault.nth).length;
      armed = [];
      return occurred;
    },
    async watch(step: Step, moment: Moment): Promise<void> {
      const target = targets.get(step);
      if (target === undefined) return;
      for (const each of armed) {
        const { kind, nth, times } = each.fault;
        const point = POINTS[each.fault.point];
        if (point.step !== step || !point.is(moment)) continue;
        each.visits += 1;
        if (each.visits < nth || each.visits >= nth + times) continue;
        await FAULT_ACTIONS[kind]({ ...target, database });
      }
    },
  };
}
