import { Command } from 'commander';
import { wholeNumber } from './shared/arguments.ts';
import { openDeadLetterQueue, type PulledLetter } from './shared/dead-letter-queue.ts';
import { endpointOption, projectOption, pubsubHostOption } from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly limit: number;
  readonly json?: boolean;
  readonly project: string;
  readonly endpoint?: string;
  readonly pubsubHost?: string;
}

const HOUR_MILLISECONDS = 3_600_000;

function formatLetter({ publishedAt, letter }: PulledLetter): string {
  const hours = ((Date.now() - publishedAt.getTime()) / HOUR_MILLISECONDS).toFixed(1);
  const chunks =
    letter.failed_chunks.length > 0 ? `  chunks ${letter.failed_chunks.join(', ')}` : '';
  return `${hours} h  run ${letter.run_id ?? '?'}${chunks}  ${letter.error_message}\n`;
}

/** Looks at the letters and gives them back. */
async function listDeadLetters(options: Options): Promise<void> {
  const queue = openDeadLetterQueue(options);
  try {
    const pulled = await queue.pull(options.limit);
    await queue.release(pulled);
    const documents = pulled.map(({ publishedAt, letter }) => ({ publishedAt, ...letter }));
    if (options.json) process.stdout.write(`${JSON.stringify(documents, null, 2)}\n`);
    else process.stdout.write(pulled.map(formatLetter).join(''));
    process.stderr.write(`${pulled.length} dead ${pulled.length === 1 ? 'letter' : 'letters'}\n`);
  } finally {
    await queue.close();
  }
}

await runCommand(
  new Command('npm run dead-letters --')
    .description('Lists the dead letters: age, run, chunks, error. They stay where they are.')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 10_000), 100)
    .option('--json', 'print one JSON document')
    .addOption(projectOption())
    .addOption(endpointOption())
    .addOption(pubsubHostOption())
    .action(listDeadLetters),
);
