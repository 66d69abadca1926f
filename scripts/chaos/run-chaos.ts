import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Fault } from './fault-injector.ts';
import { type Ending, runSchedule, type Schedule, schedule } from './run-schedule.ts';
import { type ChaosCloud, startChaosCloud } from './start-chaos-cloud.ts';

const MILLISECONDS_PER_MINUTE = 60_000;

export interface ChaosOptions {
  readonly minutes: number;
  readonly schedules: number;
  readonly seed: number;
  /** Replays one schedule of the seed. */
  readonly path?: string;
}

export interface ChaosReport extends Record<Ending, number> {
  readonly seed: number;
  readonly failure: null | {
    readonly faults: readonly Fault[];
    readonly error: string;
    /** The command line that runs the failed schedule again. */
    readonly replay: string;
  };
}

/** Runs schedules until the time is up or one fails. */
export async function runChaos(
  options: ChaosOptions,
  say: (text: string) => void,
): Promise<ChaosReport> {
  const directory = await mkdtemp(join(tmpdir(), 'permit-sync-chaos-'));
  try {
    const cloud = await startChaosCloud(directory);
    try {
      return await checkSchedules(cloud, options, say);
    } finally {
      await cloud.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function checkSchedules(
  cloud: ChaosCloud,
  { minutes, schedules, seed, path }: ChaosOptions,
  say: (text: string) => void,
): Promise<ChaosReport> {
  const endings: Record<Ending, number> = { completed: 0, redriven: 0 };
  say(`seed ${seed}\n`);
  const property = fc.asyncProperty(schedule, async (each) => {
    const ending = await runSchedule(cloud, each);
    endings[ending] += 1;
    say(`  ${each.faults.length} faults: ${ending}\n`);
  });
  const details = await fc.check(property, {
    seed,
    numRuns: schedules,
    interruptAfterTimeLimit: minutes * MILLISECONDS_PER_MINUTE,
    ...(path !== undefined && { path }),
  });
  return { seed, ...endings, failure: details.failed ? describeFailure(seed, details) : null };
}

function describeFailure(seed: number, details: fc.RunDetails<[Schedule]>) {
  return {
    faults: details.counterexample?.[0].faults ?? [],
    error: String(details.errorInstance),
    replay: `npm run chaos -- --seed ${seed} --path ${details.counterexamplePath}`,
  };
}

/** The result as text. */
export function formatReport({ completed, redriven, failure }: ChaosReport): string {
  if (failure === null) {
    return `${completed} syncs completed, ${redriven} completed when redriven, none failed\n`;
  }
  const faults = failure.faults.map(
    ({ point, kind, nth, times }) => `  ${point}: ${kind}, ${times} times from visit ${nth} on\n`,
  );
  return `${failure.error}\n${faults.join('')}${failure.replay}\n`;
}
