import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import type { Strike } from './chaos/fault-injector.ts';
import { type Ending, runSchedule, schedule } from './chaos/run-schedule.ts';
import { startChaosCloud } from './chaos/start-chaos-cloud.ts';
import { positiveNumber, wholeNumber } from './shared/arguments.ts';
import { runCommand } from './shared/run-command.ts';

const LARGEST_SEED = 2 ** 31 - 1;
const MILLISECONDS_PER_MINUTE = 60_000;

interface Options {
  readonly minutes: number;
  readonly schedules: number;
  readonly seed: number;
  readonly path?: string;
  readonly json?: boolean;
}

/** Runs schedules until the time is up or one fails. */
async function runChaos({ minutes, schedules, seed, path, json }: Options): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'permit-sync-chaos-'));
  const endings: Record<Ending, number> = { completed: 0, redriven: 0 };
  try {
    const cloud = await startChaosCloud(directory);
    try {
      process.stderr.write(`seed ${seed}\n`);
      const property = fc.asyncProperty(schedule, async (each) => {
        const ending = await runSchedule(cloud, each);
        endings[ending] += 1;
        process.stderr.write(`  ${each.strikes.length} strikes: ${ending}
`);
      });
      const details = await fc.check(property, {
        seed,
        numRuns: schedules,
        interruptAfterTimeLimit: minutes * MILLISECONDS_PER_MINUTE,
        ...(path !== undefined && { path }),
      });
      const failure = details.failed
        ? {
            strikes: details.counterexample?.[0].strikes ?? [],
            error: String(details.errorInstance),
            replay: `npm run chaos -- --seed ${seed} --path ${details.counterexamplePath}`,
          }
        : null;
      if (json) process.stdout.write(`${JSON.stringify({ seed, ...endings, failure })}\n`);
      else if (failure === null) process.stdout.write(`${describe(endings)}, none failed\n`);
      else
        process.stdout.write(
          `${failure.error}\n${describeStrikes(failure.strikes)}\n${failure.replay}\n`,
        );
      if (failure !== null) process.exitCode = 1;
    } finally {
      await cloud.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function describe({ completed, redriven }: Record<Ending, number>): string {
  return `${completed} syncs completed, ${redriven} completed when redriven`;
}

function describeStrikes(strikes: readonly Strike[]) {
  return strikes
    .map(
      ({ point, fault, nth, times }) => `  ${point}: ${fault}, ${times} times from the ${nth}. on`,
    )
    .join('\n');
}

await runCommand(
  new Command('npm run chaos --')
    .description('Strikes syncs with random faults and holds what is left against a model.')
    .option('--minutes <number>', 'stop after so long', positiveNumber, 1)
    .option('--schedules <number>', 'stop after so many', wholeNumber(1, 1_000_000), 1_000_000)
    .option(
      '--seed <number>',
      'of the schedules',
      wholeNumber(0, LARGEST_SEED),
      randomInt(LARGEST_SEED),
    )
    .option('--path <path>', 'replays one schedule of the seed, as a failure names it')
    .option('--json', 'prints one JSON document')
    .action(runChaos),
);
