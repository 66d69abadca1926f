import { openDeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import { type Check, finding, ok } from '../check.ts';

export interface LocalCloudAddress {
  readonly endpoint: string;
  readonly project: string;
  readonly location: string;
  readonly workflow: string;
}

const START = 'npm run local';
const NOT_FOUND = 404;

/** Most letters to count. */
const MOST_LETTERS = 1_000;

/** Checks the stand-ins for the Google APIs and the resources in them. */
export function createApiChecks(cloud: LocalCloudAddress): readonly Check[] {
  const project = `projects/${cloud.project}`;

  /** @returns undefined when there is no such resource. */
  const read = async (resource: string): Promise<Record<string, unknown> | undefined> => {
    const response = await fetch(`${cloud.endpoint}/v1/${project}/${resource}`);
    if (response.status === NOT_FOUND) return undefined;
    if (!response.ok) throw new Error(`${resource}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };

  const endpoint: Check = {
    name: 'Google APIs',
    async run() {
      try {
        await fetch(`${cloud.endpoint}/v1/${project}/topics`);
        return ok(cloud.endpoint);
      } catch {
        return finding(`Nothing answers at ${cloud.endpoint}`, START);
      }
    },
  };

  const workflow: Check = {
    name: 'workflow',
    needs: ['Google APIs'],
    async run() {
      const found = await read(`locations/${cloud.location}/workflows/${cloud.workflow}`);
      if (found) return ok(`${cloud.workflow}, revision ${found.revisionId}`);
      return finding(
        `${cloud.workflow} is not deployed in ${cloud.location}`,
        `${START} deploys it when it starts`,
      );
    },
  };

  const topics: Check = {
    name: 'topics',
    needs: ['Google APIs'],
    async run() {
      const wanted = [
        'topics/sync-trigger',
        'topics/sync-completed',
        'topics/sync-dead-letter',
        'subscriptions/sync-dead-letter',
        'subscriptions/eventarc-sync-trigger',
      ];
      const found = await Promise.all(wanted.map(read));
      const missing = wanted.filter((_, index) => found[index] === undefined);
      if (missing.length === 0)
        return ok('sync-trigger, sync-completed and sync-dead-letter, subscribed to');
      return finding(`Missing: ${missing.join(', ')}`, `${START} creates them when it starts`);
    },
  };

  const deadLetters: Check = {
    name: 'dead letters',
    needs: ['topics'],
    async run() {
      const queue = openDeadLetterQueue(cloud);
      try {
        const letters = await queue.pull(MOST_LETTERS);
        await queue.release(letters);
        if (letters.length === 0) return ok('none');
        return finding(`${letters.length} waiting`, 'npm run dead-letters, then npm run redrive');
      } finally {
        await queue.close();
      }
    },
  };

  return [endpoint, workflow, topics, deadLetters];
}
