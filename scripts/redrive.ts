import { Command, Option } from 'commander';
import { createExecutionsClient, workflowPath } from '../functions/shared/executions.ts';
import { wholeNumber } from './shared/arguments.ts';
import { openDeadLetterQueue, type PulledLetter } from './shared/dead-letter-queue.ts';
import { endpointOption, projectOption, pubsubHostOption } from './shared/options.ts';
import { runCommand } from './shared/run-command.ts';

interface Options {
  readonly run?: number;
  readonly limit: number;
  readonly dryRun?: boolean;
  readonly project: string;
  readonly endpoint?: string;
  readonly pubsubHost?: string;
  readonly location: string;
  readonly workflow: string;
}

/** What --limit counts is chosen among as many letters as this. */
const MOST_LETTERS = 10_000;

function describe({ letter }: PulledLetter): string {
  return `run ${letter.run_id ?? '?'}  ${letter.error_message}`;
}

/**
 * The argument to run again with: whoever redrives is the trigger now, not the old message. A run
 * that failed in some chunks is gone on with; one that never had its feed begins anew.
 */
function argumentOf({ letter }: PulledLetter): string {
  const { message_id: _, ...argument } = letter.argument;
  const resume = letter.failed_chunks.length > 0 ? { resume_run_id: letter.run_id } : {};
  return JSON.stringify({ ...argument, ...resume, trigger: 'manual' });
}

/** Starts an execution for each chosen letter; a letter is acknowledged once its execution exists. */
async function redrive(options: Options): Promise<void> {
  const config = {
    GOOGLE_CLOUD_PROJECT: options.project,
    GOOGLE_API_ENDPOINT: options.endpoint,
    WORKFLOW_LOCATION: options.location,
    WORKFLOW_NAME: options.workflow,
  };
  const queue = openDeadLetterQueue(options);
  const client = await createExecutionsClient(config);
  let pulled: readonly PulledLetter[] = [];
  const settled = new Set<PulledLetter>();
  try {
    pulled = await queue.pull(MOST_LETTERS);
    const chosen = pulled
      .filter(({ letter }) => options.run === undefined || letter.run_id === options.run)
      .slice(0, options.limit);
    for (const each of chosen) {
      if (options.dryRun) {
        process.stdout.write(`would redrive ${describe(each)}\n`);
        continue;
      }
      const [{ name }] = await client.createExecution({
        parent: workflowPath(client, config),
        execution: { argument: argumentOf(each) },
      });
      await queue.acknowledge(each);
      settled.add(each);
      process.stdout.write(`redrove ${describe(each)}\n  as ${name}\n`);
    }
    process.stderr.write(`${chosen.length} of ${pulled.length} dead letters\n`);
  } finally {
    await queue.release(pulled.filter((each) => !settled.has(each)));
    await queue.close();
    await client.close();
  }
}

await runCommand(
  new Command('npm run redrive --')
    .description('Runs the syncs of dead letters again, oldest first.')
    .option('--run <id>', 'only that run', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--limit <number>', 'at most so many', wholeNumber(1, MOST_LETTERS), 1)
    .option('--dry-run', 'only say what it would do')
    .addOption(projectOption())
    .addOption(endpointOption())
    .addOption(pubsubHostOption())
    .addOption(
      new Option('--location <region>', 'of the workflow')
        .env('WORKFLOW_LOCATION')
        .default('northamerica-northeast2'),
    )
    .addOption(
      new Option('--workflow <name>', 'its name').env('WORKFLOW_NAME').default('permit-sync'),
    )
    .action(redrive),
);
