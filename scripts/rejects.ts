import { Command } from 'commander';
import { formatReject, selectRejects } from './rejects/select-rejects.ts';
import { wholeNumber } from './shared/arguments.ts';
import { databaseUrlOption } from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly run?: number;
  readonly json?: boolean;
  readonly databaseUrl: string;
}

async function rejects({ databaseUrl, run, json }: Options): Promise<void> {
  const found = await selectRejects(databaseUrl, run);
  if (json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else process.stdout.write(found.map(formatReject).join(''));
  process.stderr.write(`${found.length} ${found.length === 1 ? 'reject' : 'rejects'}\n`);
}

await runCommand(
  new Command('npm run rejects --')
    .description('Lists the records of a run that could not be stored, and why.')
    .option('--run <id>', 'the run (default: the latest)', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--json', "print one JSON document, with the records' text")
    .addOption(databaseUrlOption().makeOptionMandatory())
    .action(rejects),
);
