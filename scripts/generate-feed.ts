import { Command } from 'commander';
import { LAST_DAY, MOST_RECORDS } from './generate-feed/generate-records.ts';
import { writeFeed } from './generate-feed/write-feed.ts';
import { wholeNumber } from './shared/arguments.ts';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly records: number;
  readonly day: number;
  readonly seed: number;
  readonly bad: number;
  readonly out: string;
}

async function generate({ out, ...feed }: Options, command: Command): Promise<void> {
  if (feed.bad > feed.records) {
    command.error('error: --bad must not exceed --records.', { exitCode: 2 });
  }
  const startedAt = performance.now();
  if (!(await writeFeed(feed, out))) return;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const target = out === '-' ? 'standard output' : out;
  process.stderr.write(
    `Day ${feed.day} of a feed of ${feed.records} → ${target} in ${seconds} s\n`,
  );
}

await runCommand(
  new Command('npm run generate-feed --')
    .description('Writes one day of a synthetic building-permit feed in the City’s format.')
    .option('--records <number>', 'records on day 0', wholeNumber(0, MOST_RECORDS), 237_000)
    .option('--day <number>', 'weekdays since day 0, a Monday', wholeNumber(0, LAST_DAY), 0)
    .option('--seed <number>', 'another seed, another city', wholeNumber(0, 0xffff_ffff), 1)
    .option(
      '--bad <number>',
      'records to add that cannot be stored',
      wholeNumber(0, MOST_RECORDS),
      0,
    )
    .requiredOption('--out <file>', 'target; gzip if it ends in .gz; - for standard output')
    .action(generate),
);
