import type { BacklogEntry } from './message-backlog.ts';
import type { NewMessage, Subscription } from './pubsub-resources.ts';

/** The message for the dead-letter topic: the same, with Pub/Sub's attributes on where it died. */
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
