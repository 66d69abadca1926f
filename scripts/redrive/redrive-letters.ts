import { createExecutionsClient, workflowPath } from '../../functions/shared/executions.ts';
import {
  openDeadLetterQueue,
  type PulledLetter,
  type QueueOptions,
} from '../shared/dead-letter-queue.ts';

export interface RedriveOptions extends QueueOptions {
  /** Only the letters of this run. */
  readonly run?: number;
  readonly limit: number;
  readonly dryRun?: boolean;
  readonly location: string;
  readonly workflow: string;
}

export interface RedriveResult {
  readonly chosen: number;
  readonly pulled: number;
}

/** Most letters among which `limit` are chosen. */
const MOST_LETTERS = 10_000;

/**
 * Starts an execution for each chosen letter, oldest first. A letter is acknowledged once its
 * execution exists; the others are released.
 *
 * @param print receives what was done with each letter.
 */
export async function redriveLetters(
  options: RedriveOptions,
  print: (text: string) => void,
): Promise<RedriveResult> {
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
        print(`would redrive ${describe(each)}\n`);
        continue;
      }
      const [{ name }] = await client.createExecution({
        parent: workflowPath(client, config),
        execution: { argument: argumentOf(each) },
      });
      await queue.acknowledge(each);
      settled.add(each);
      print(`redrove ${describe(each)}\n  as ${name}\n`);
    }
    return { chosen: chosen.length, pulled: pulled.length };
  } finally {
    await queue.release(pulled.filter((each) => !settled.has(each)));
    await queue.close();
    await client.close();
  }
}

function describe({ letter }: PulledLetter): string {
  return `run ${letter.run_id ?? '?'}  ${letter.error_message}`;
}

/**
 * The argument of the new execution. Its trigger is the operator, not the old message. A run with
 * failed chunks is resumed; the sync of a run that never stored its feed is started again.
 */
function argumentOf({ letter }: PulledLetter): string {
  const { message_id: _, ...argument } = letter.argument;
  const resume = letter.failed_chunks.length > 0 ? { resume_run_id: letter.run_id } : {};
  return JSON.stringify({ ...argument, ...resume, trigger: 'manual' });
}
