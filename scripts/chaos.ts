import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import type { ChaosOptions } from './chaos/run-chaos.ts';
import { positiveNumber, wholeNumber } from './shared/arguments.ts';
import { runCommand } from './shared/run-command.ts';

const LARGEST_SEED = 2 ** 31 - 1;

interface Options extends ChaosOptions {
  readonly json?: boolean;
}

async function chaos({ json, ...options }: Options): Promise<void> {
  // Loaded only after the command line has been checked: it takes a second.
  const { formatReport, runChaos } = await import('./chaos/run-chaos.ts');
  const report = await runChaos(options, (text) => process.stderr.write(text));
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : formatReport(report));
  if (report.failure !== null) process.exitCode = 1;
}

await runCommand(
  new Command('npm run chaos --')
    .description('Syncs under random faults and compares the result with a model.')
    .option('--minutes <number>', 'stop after this time', positiveNumber, 1)
    .option(
      '--schedules <number>',
      'stop after so many syncs',
      wholeNumber(1, 1_000_000),
      1_000_000,
    )
    .option(
      '--seed <number>',
      'seed of the schedules',
      wholeNumber(0, LARGEST_SEED),
      randomInt(LARGEST_SEED),
    )
    .option('--path <path>', 'replay one schedule of the seed; a failure prints its path')
    .option('--json', 'print one JSON document')
    .action(chaos),
);
