import { Command } from 'commander';
import type { RedriveOptions } from './redrive/redrive-letters.ts';
import { httpUrl, wholeNumber } from './shared/arguments.ts';
import {
  endpointOption,
  locationOption,
  projectOption,
  pubsubHostOption,
  workflowOption,
} from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

const MOST_LETTERS = 10_000;

async function redrive(options: RedriveOptions, command: Command): Promise<void> {
  const isNamed = options.run !== undefined || options.execution !== undefined;
  if (options.discard && !isNamed) {
    command.error('error: --discard needs --run or --execution, so nothing is removed by chance');
  }
  // Loaded only after the command line has been checked: it takes a second.
  const { redriveLetters } = await import('./redrive/redrive-letters.ts');
  const write = (text: string) => process.stdout.write(text);
  const { chosen, pulled, failed } = await redriveLetters(options, write);
  process.stderr.write(`${chosen} of ${pulled} dead letters\n`);
  if (failed > 0) process.exitCode = 1;
}

await runCommand(
  new Command('npm run redrive --')
    .description('Runs the syncs of dead letters again, oldest first, and waits for them.')
    .option('--run <id>', 'only the letters of this run', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--execution <id>', 'only the letter of this execution')
    .option('--limit <number>', 'most letters to redrive', wholeNumber(1, MOST_LETTERS), 1)
    .option('--discard', 'remove the letters of --run or --execution, and run nothing')
    .option('--dry-run', 'only print what would be done')
    .option('--url <url>', 'sync this URL: a letter does not keep the query of its own', httpUrl)
    .option('--accept-shrink', 'accept a feed that is far smaller than the last ones')
    .option('--accept-drift', 'accept a feed that lacks columns which the last one had')
    .option('--accept-outdated', 'accept a feed although a later one has been stored')
    .addOption(projectOption())
    .addOption(endpointOption())
    .addOption(pubsubHostOption())
    .addOption(locationOption())
    .addOption(workflowOption())
    .action((options: RedriveOptions, command: Command) => redrive(options, command)),
);
