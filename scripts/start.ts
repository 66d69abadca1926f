import { Command, Option } from 'commander';
import { httpUrl, readableFile } from './shared/arguments.ts';
import {
  alertEmailOption,
  databaseUrlOption,
  dataDirOption,
  recordsOption,
  smtpUrlOption,
  timeWarpOption,
} from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';
import type { StartOptions } from './start/run-start.ts';

await runCommand(
  new Command('npm start --')
    .description('Runs one sync on this machine, from the feed to PostgreSQL, and exits.')
    .addOption(
      new Option('--file <path>', 'sync a feed file, plain or gzip')
        .argParser(readableFile)
        .conflicts(['url', 'live']),
    )
    .addOption(
      new Option('--url <url>', 'sync a feed from the web')
        .argParser(httpUrl)
        .conflicts(['file', 'live']),
    )
    .option('--partial', "the feed is only a part of the City's: mark nothing as removed")
    .option('--accept-shrink', 'accept a feed that is far smaller than the last ones')
    .option('--accept-drift', 'accept a feed that lacks columns which the last one had')
    .option('--accept-outdated', 'accept a feed that is older than one which has been stored')
    .option(
      '--dry-run',
      'only check the feed and list what the checks found; exits with 0 even if they would refuse it',
    )
    .addOption(new Option('--live', "sync the City's feed").conflicts(['file', 'url']))
    .addOption(recordsOption())
    .addOption(dataDirOption())
    .addOption(databaseUrlOption())
    .addOption(timeWarpOption())
    .addOption(smtpUrlOption())
    .addOption(alertEmailOption())
    .option('--json', 'print one JSON document')
    .option('--remove-data <path>', 'remove a database that no data directory uses, and exit')
    .action(async ({ removeData, ...options }: StartOptions & { removeData?: string }) => {
      // Loaded only after the command line has been checked: it takes a second.
      const { runRemoveData, runStart } = await import('./start/run-start.ts');
      if (removeData === undefined) await runStart(options);
      else await runRemoveData(removeData);
    }),
);
