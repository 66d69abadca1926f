import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeJsonAtomically } from '../rest/write-json-atomically.ts';
import { backlogEntrySchema } from './message-backlog.ts';
import { subscriptionSchema, topicSchema } from './pubsub-resources.ts';

const brokerStateSchema = z.object({
  topics: z.array(topicSchema),
  subscriptions: z.array(
    z.object({ subscription: subscriptionSchema, backlog: z.array(backlogEntrySchema) }),
  ),
});

/** Everything that is kept across restarts. */
export type BrokerState = Readonly<z.infer<typeof brokerStateSchema>>;

export interface BrokerStateFile {
  load(): BrokerState;
  save(state: BrokerState): void;
}

/** Creates the store of the state: one file in `directory`. Without a directory nothing is kept. */
export function createBrokerStateFile(directory: string | undefined): BrokerStateFile {
  const empty: BrokerState = { topics: [], subscriptions: [] };
  if (directory === undefined) {
    return { load: () => empty, save: () => {} };
  }
  const path = join(directory, 'pubsub.json');
  mkdirSync(directory, { recursive: true });
  return {
    load: () =>
      existsSync(path) ? brokerStateSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : empty,
    save: (state) => writeJsonAtomically(path, state),
  };
}
