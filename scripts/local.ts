import { Command } from 'commander';
import type { LocalOptions } from './local/run-local.ts';
import { wholeNumber } from './shared/arguments.ts';
import {
  alertEmailOption,
  databaseUrlOption,
  dataDirOption,
  pubsubHostOption,
  recordsOption,
  smtpUrlOption,
  timeWarpOption,
} from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

await runCommand(
  new Command('npm run local --')
    .description(
      'Starts the local cloud (Google APIs, PostgreSQL, functions) and keeps it running.',
    )
    .option('--port <number>', 'port of sync-api', wholeNumber(0, 65_535), 3000)
    .option('--cloud-port <number>', 'port of the Google APIs', wholeNumber(0, 65_535), 8080)
    .addOption(recordsOption())
    .addOption(dataDirOption())
    .addOption(databaseUrlOption())
    .addOption(pubsubHostOption())
    .addOption(timeWarpOption())
    .addOption(smtpUrlOption())
    .addOption(alertEmailOption())
    .action(async (options: LocalOptions) => {
      // Loaded only after the command line has been checked: it takes a second.
      const { runLocal } = await import('./local/run-local.ts');
      await runLocal(options);
    }),
);
