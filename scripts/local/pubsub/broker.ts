import { StatusError } from '../rest/status-error.ts';
import type { BrokerStateFile } from './broker-state.ts';
import { createDeadLetter } from './create-dead-letter.ts';
import {
  createAckId,
  createMessageBacklog,
  type MessageBacklog,
  parseAckId,
} from './message-backlog.ts';
import {
  type Delivery,
  type NewMessage,
  type PubsubMessage,
  parseDurationMs,
  type Subscription,
  type Topic,
} from './pubsub-resources.ts';

/**
 * Topics, subscriptions and the messages between them. Names are full resource names; methods that
 * name a missing resource throw a StatusError with NOT_FOUND.
 */
export interface Broker {
  createTopic(topic: Topic): Topic;
  getTopic(name: string): Topic;
  listTopics(project: string): readonly Topic[];
  deleteTopic(name: string): void;
  createSubscription(subscription: Subscription): Subscription;
  /** Replaces the subscription of the same name. */
  replaceSubscription(subscription: Subscription): void;
  getSubscription(name: string): Subscription;
  /** Returns undefined if there is no such subscription. */
  findSubscription(name: string): Subscription | undefined;
  /** Lists the subscriptions of a project, or of all. */
  listSubscriptions(project?: string): readonly Subscription[];
  deleteSubscription(name: string): void;
  /** Returns the messages' ids in order. */
  publish(topic: string, messages: readonly NewMessage[]): readonly string[];
  /** Leases up to `maxMessages` messages that are available now. */
  lease(subscription: string, maxMessages: number): readonly Delivery[];
  acknowledge(subscription: string, ackIds: readonly string[]): void;
  /** Ends leases after a delay; 0 gives the messages back at once. */
  postpone(subscription: string, ackIds: readonly string[], delayMs: number): void;
  /** When the next message becomes available, in milliseconds since 1970. */
  nextAvailableAt(subscription: string): number | undefined;
}

export interface BrokerOptions {
  readonly now: () => number;
  readonly stateFile: BrokerStateFile;
  /** Called when a subscription may have messages to deliver. */
  readonly onAvailable: (subscription: string) => void;
}

interface Channel {
  readonly subscription: Subscription;
  readonly backlog: MessageBacklog;
}

export function createBroker({ now, stateFile, onAvailable }: BrokerOptions): Broker {
  const stored = stateFile.load();
  const topics = new Map(stored.topics.map((topic) => [topic.name, topic]));
  const channels = new Map(
    stored.subscriptions.map(({ subscription, backlog }): [string, Channel] => [
      subscription.name,
      // Leases end with the process that granted them.
      {
        subscription,
        backlog: createMessageBacklog(backlog.map((entry) => ({ ...entry, availableAt: 0 }))),
      },
    ]),
  );
  let lastMessageId = 0;

  function save(): void {
    stateFile.save({
      topics: [...topics.values()],
      subscriptions: [...channels.values()].map(({ subscription, backlog }) => ({
        subscription,
        backlog: [...backlog.entries()],
      })),
    });
  }

  function getTopic(name: string): Topic {
    const topic = topics.get(name);
    if (topic === undefined) {
      throw new StatusError('NOT_FOUND', `Resource not found (resource=${lastSegment(name)}).`);
    }
    return topic;
  }

  function getChannel(name: string): Channel {
    const channel = channels.get(name);
    if (channel === undefined) {
      throw new StatusError('NOT_FOUND', `Resource not found (resource=${lastSegment(name)}).`);
    }
    return channel;
  }

  // Microseconds, so that ids are unique even across restarts without a directory: subscribers rely
  // on them to recognize duplicates.
  function createMessageId(): string {
    lastMessageId = Math.max(now() * 1000, lastMessageId + 1);
    return String(lastMessageId);
  }

  function distribute(topic: string, messages: readonly NewMessage[]): readonly string[] {
    getTopic(topic);
    const published = messages.map(
      ({ data, attributes, orderingKey }): PubsubMessage => ({
        ...(data && { data: Buffer.from(data, 'base64').toString('base64') }),
        ...(attributes && Object.keys(attributes).length > 0 && { attributes }),
        ...(orderingKey && { orderingKey }),
        messageId: createMessageId(),
        publishTime: new Date(now()).toISOString(),
      }),
    );
    for (const { subscription, backlog } of channels.values()) {
      if (subscription.topic === topic) {
        for (const message of published) {
          backlog.add(message);
        }
        onAvailable(subscription.name);
      }
    }
    return published.map(({ messageId }) => messageId);
  }

  /** Drops messages that are too old and dead-letters those delivered too often. */
  function sweep({ subscription, backlog }: Channel): void {
    const { deadLetterPolicy, messageRetentionDuration } = subscription;
    const oldest = now() - parseDurationMs(messageRetentionDuration);
    for (const entry of backlog.available(now())) {
      if (Date.parse(entry.message.publishTime) < oldest) {
        backlog.remove(entry.message.messageId);
      } else if (
        deadLetterPolicy &&
        entry.attempts >= deadLetterPolicy.maxDeliveryAttempts &&
        topics.has(deadLetterPolicy.deadLetterTopic)
      ) {
        backlog.remove(entry.message.messageId);
        distribute(deadLetterPolicy.deadLetterTopic, [createDeadLetter(entry, subscription)]);
      }
    }
  }

  function lease(name: string, maxMessages: number): readonly Delivery[] {
    const channel = getChannel(name);
    sweep(channel);
    const { subscription, backlog } = channel;
    const until = now() + subscription.ackDeadlineSeconds * 1000;
    const leased = backlog
      .available(now())
      .slice(0, maxMessages)
      .flatMap(({ message }) => backlog.lease(message.messageId, until) ?? []);
    save();
    return leased.map((entry) => ({
      ackId: createAckId(entry),
      message: entry.message,
      attempts: entry.attempts,
    }));
  }

  return {
    createTopic: (topic) => {
      refuseExisting(topics, topic.name);
      topics.set(topic.name, topic);
      save();
      return topic;
    },
    getTopic,
    listTopics: (project) => filterProject([...topics.values()], project),
    deleteTopic: (name) => {
      getTopic(name);
      topics.delete(name);
      for (const [key, channel] of channels) {
        if (channel.subscription.topic === name) {
          const subscription = { ...channel.subscription, topic: '_deleted-topic_' };
          channels.set(key, { ...channel, subscription });
        }
      }
      save();
    },
    createSubscription: (subscription) => {
      refuseExisting(channels, subscription.name);
      getTopic(subscription.topic);
      channels.set(subscription.name, { subscription, backlog: createMessageBacklog() });
      save();
      return subscription;
    },
    replaceSubscription: (subscription) => {
      channels.set(subscription.name, { ...getChannel(subscription.name), subscription });
      save();
      onAvailable(subscription.name);
    },
    getSubscription: (name) => getChannel(name).subscription,
    findSubscription: (name) => channels.get(name)?.subscription,
    listSubscriptions: (project) =>
      filterProject(
        [...channels.values()].map(({ subscription }) => subscription),
        project,
      ),
    deleteSubscription: (name) => {
      getChannel(name);
      channels.delete(name);
      save();
    },
    publish: (topic, messages) => {
      const messageIds = distribute(topic, messages);
      save();
      return messageIds;
    },
    lease,
    acknowledge: (name, ackIds) => {
      const { backlog } = getChannel(name);
      for (const ackId of ackIds) {
        backlog.remove(parseAckId(ackId).messageId);
      }
      save();
    },
    postpone: (name, ackIds, delayMs) => {
      const channel = getChannel(name);
      for (const ackId of ackIds) {
        channel.backlog.postpone(ackId, now() + delayMs);
      }
      sweep(channel);
      save();
      onAvailable(name);
    },
    nextAvailableAt: (name) => {
      const times = getChannel(name)
        .backlog.entries()
        .map(({ availableAt }) => availableAt);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}

function refuseExisting(resources: ReadonlyMap<string, unknown>, name: string): void {
  if (resources.has(name)) {
    throw new StatusError(
      'ALREADY_EXISTS',
      `Resource already exists in the project (resource=${lastSegment(name)}).`,
    );
  }
}

function filterProject<T extends { readonly name: string }>(
  resources: readonly T[],
  project: string | undefined,
): readonly T[] {
  return resources.filter(
    ({ name }) => project === undefined || name.startsWith(`projects/${project}/`),
  );
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
