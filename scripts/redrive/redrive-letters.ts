import type { ExecutionsClient } from '@google-cloud/workflows';
import { createExecutionsClient, workflowPath } from '../../functions/shared/executions.ts';
import {
  type DeadLetterQueue,
  openDeadLetterQueue,
  type PulledLetter,
  type QueueOptions,
} from '../shared/dead-letter-queue.ts';
import { describeLetter } from '../shared/describe-letter.ts';
import { type ArgumentOptions, composeArgument } from './compose-argument.ts';
import { followExecution } from './follow-execution.ts';

export interface RedriveOptions extends QueueOptions, ArgumentOptions {
  /** Only the letters of this run, or of this execution. */
  readonly run?: number;
  readonly execution?: string;
  readonly limit: number;
  /** Removes the letters and runs nothing. */
  readonly discard?: boolean;
  readonly dryRun?: boolean;
  readonly location: string;
  readonly workflow: string;
}

export interface RedriveResult {
  readonly chosen: number;
  readonly pulled: number;
  /** Letters whose sync did not complete. */
  readonly failed: number;
}

interface Desk {
  readonly client: ExecutionsClient;
  /** Name of the workflow. */
  readonly parent: string;
  readonly queue: DeadLetterQueue;
  /** Receives what was done with each letter. */
  readonly print: (text: string) => void;
}

interface Handled {
  /** Whether the letter leaves the queue. */
  readonly isSettled: boolean;
  readonly hasFailed: boolean;
}

/** Most letters among which `limit` are chosen. */
const MOST_LETTERS = 10_000;

/**
 * Runs the sync of each chosen letter again, oldest first, and waits for it. A letter is removed
 * when its sync has completed or has a letter of its own; otherwise it stays in the queue.
 *
 * @throws Error if the named run or execution has no letter, and those of composeArgument.
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
  const desk = { client, parent: workflowPath(client, config), queue, print };
  const held = new Set<PulledLetter>();
  try {
    const pulled = await queue.pull(MOST_LETTERS);
    for (const each of pulled) held.add(each);
    const chosen = choose(pulled, options);
    const others = pulled.filter((each) => !chosen.includes(each));
    await queue.release(others);
    for (const each of others) held.delete(each);
    let failed = 0;
    for (const each of chosen) {
      const { isSettled, hasFailed } = await handle(desk, each, options, () => [...held]);
      if (hasFailed) failed += 1;
      if (!isSettled) continue;
      await queue.acknowledge(each);
      held.delete(each);
    }
    return { chosen: chosen.length, pulled: pulled.length, failed };
  } finally {
    await queue.release([...held]);
    await queue.close();
    await client.close();
  }
}

function choose(pulled: readonly PulledLetter[], options: RedriveOptions) {
  const { run, execution, limit } = options;
  const chosen = pulled
    .filter(({ letter }) => run === undefined || letter.run_id === run)
    .filter(({ letter }) => execution === undefined || letter.execution_id === execution)
    .slice(0, limit);
  if (chosen.length > 0 || (run === undefined && execution === undefined)) return chosen;
  const name = [run === undefined ? [] : `run ${run}`, execution ?? []].flat().join(', execution ');
  throw new Error(`There is no dead letter of ${name}`);
}

async function handle(
  { client, parent, queue, print }: Desk,
  { letter }: PulledLetter,
  options: RedriveOptions,
  listHeld: () => readonly PulledLetter[],
): Promise<Handled> {
  const described = describeLetter(letter);
  const argument = options.discard ? undefined : composeArgument(letter, options);
  if (options.dryRun) {
    print(
      argument
        ? `would redrive ${described}\n  with ${argument}\n`
        : `would discard ${described}\n`,
    );
    return { isSettled: false, hasFailed: false };
  }
  if (argument === undefined) {
    print(`discarded ${described}\n`);
    return { isSettled: true, hasFailed: false };
  }
  const [{ name }] = await client.createExecution({ parent, execution: { argument } });
  const execution = name ?? '';
  print(`redriving ${described}\n  as ${execution}\n`);
  const hold = () => queue.hold(listHeld());
  const { succeeded, code, message } = await followExecution(client, execution, hold);
  if (succeeded) {
    print('  completed; the letter is removed\n');
    return { isSettled: true, hasFailed: false };
  }
  const isReplaced = await hasLetter(queue, execution);
  const error = code === undefined ? message : `${code}: ${message}`;
  print(
    `  failed, ${error}\n  ${isReplaced ? 'a letter of its own replaces this one' : adviseOn(code)}\n`,
  );
  return { isSettled: isReplaced, hasFailed: true };
}

/** Whether an execution that has failed has left a dead letter. */
async function hasLetter(queue: DeadLetterQueue, execution: string): Promise<boolean> {
  const pulled = await queue.pull(MOST_LETTERS);
  await queue.release(pulled);
  return pulled.some(({ letter }) => execution.endsWith(`/${letter.execution_id}`));
}

/** Says what to do with a letter that stays. */
function adviseOn(code: string | undefined): string {
  if (code === 'sync_already_running')
    return 'the letter stays; redrive it when that sync has ended';
  if (code === 'feed_outdated') {
    return 'the letter stays; remove it with --discard, or go back to its feed with --accept-outdated';
  }
  return 'the letter stays';
}
