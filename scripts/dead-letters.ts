import { Command } from 'commander';
import { wholeNumber } from './shared/arguments.ts';
import type { QueueOptions } from './shared/dead-letter-queue.ts';
import { endpointOption, projectOption, pubsubHostOption } from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options extends QueueOptions {
  readonly limit: number;
  readonly json?: boolean;
}

async function deadLetters({ limit, json, ...options }: Options): Promise<void> {
  // Loaded only after the command line has been checked: it takes a second.
  const { formatLetter, listDeadLetters } = await import('./dead-letters/list-dead-letters.ts');
  const pulled = await listDeadLetters(options, limit);
  const documents = pulled.map(({ publishedAt, letter }) => ({ publishedAt, ...letter }));
  if (json) process.stdout.write(`${JSON.stringify(documents, null, 2)}\n`);
  else process.stdout.write(pulled.map(formatLetter).join(''));
  process.stderr.write(`${pulled.length} dead ${pulled.length === 1 ? 'letter' : 'letters'}\n`);
}

await runCommand(
  new Command('npm run dead-letters --')
    .description(
      'Lists the dead letters (age, run, chunks, error, what to do) and leaves them in the queue.',
    )
    .option('--limit <number>', 'most letters to list', wholeNumber(1, 10_000), 100)
    .option('--json', 'print one JSON document')
    .addOption(projectOption())
    .addOption(endpointOption())
    .addOption(pubsubHostOption())
    .action(deadLetters),
);
