import { Command } from 'commander';
import { terraformOption } from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';
import type { TeardownOptions } from './teardown/run-teardown.ts';

async function teardown(options: TeardownOptions, command: Command): Promise<void> {
  if (!options.yes && !process.stdin.isTTY) {
    command.error('error: there is no terminal to ask on; give --yes', { exitCode: 2 });
  }
  const { runTeardown } = await import('./teardown/run-teardown.ts');
  await runTeardown(options, (text) => process.stderr.write(text));
}

await runCommand(
  new Command('npm run teardown --')
    .description('Removes everything that was deployed, with all its data, after asking.')
    .option('--yes', 'remove without asking for the project id')
    .addOption(terraformOption())
    .action(teardown),
);
