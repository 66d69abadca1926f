import type { BacklogEntry } from './message-backlog.ts';
import type { NewMessage, Subscription } from './pubsub-resources.ts';

/** Copies a message for the dead-letter topic, with Pub/Sub's attributes about where it failed. */
export function createDeadLetter(
  { message, attempts }: BacklogEntry,
  { name }: Subscription,
): NewMessage {
  const [, project = '', , subscription = ''] = name.split('/');
  return {
    ...(message.data !== undefined && { data: message.data }),
    attributes: {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
      CloudPubSubDeadLetterSourceSubscription: subscription,
      CloudPubSubDeadLetterSourceSubscriptionProject: project,
      CloudPubSubDeadLetterSourceTopicPublishTime: message.publishTime,
    },
  };
}
