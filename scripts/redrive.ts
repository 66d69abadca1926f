import { Command } from 'commander';
import type { RedriveOptions } from './redrive/redrive-letters.ts';
import { wholeNumber } from './shared/arguments.ts';
import {
  endpointOption,
  locationOption,
  projectOption,
  pubsubHostOption,
  workflowOption,
} from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

const MOST_LETTERS = 10_000;

async function redrive(options: RedriveOptions): Promise<void> {
  // Loaded only after the command line has been checked: it takes a second.
  const { redriveLetters } = await import('./redrive/redrive-letters.ts');
  const { chosen, pulled } = await redriveLetters(options, (text) => process.stdout.write(text));
  process.stderr.write(`${chosen} of ${pulled} dead letters\n`);
}

await runCommand(
  new Command('npm run redrive --')
    .description('Runs the syncs of dead letters again, oldest first.')
    .option('--run <id>', 'only the letters of this run', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--limit <number>', 'most letters to redrive', wholeNumber(1, MOST_LETTERS), 1)
    .option('--dry-run', 'only print what would be done')
    .addOption(projectOption())
    .addOption(endpointOption())
    .addOption(pubsubHostOption())
    .addOption(locationOption())
    .addOption(workflowOption())
    .action(redrive),
);
