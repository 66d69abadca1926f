import type { PubsubMessage } from './pubsub-resources.ts';

/** The CloudEvent that Eventarc makes of a Pub/Sub message: the argument of the workflow it starts. */
export type EventarcEvent = {
  readonly id: string;
  readonly source: string;
  readonly specversion: '1.0';
  readonly type: 'google.cloud.pubsub.topic.v1.messagePublished';
  readonly datacontenttype: 'application/json';
  readonly time: string;
  readonly data: { readonly message: PubsubMessage; readonly subscription: string };
};

/**
 * Builds the event, `data.message.data` still in base64, as a plain JSON map. `subscription.name` and
 * `subscription.topic` are full resource names.
 */
export function createEventarcEvent(
  message: PubsubMessage,
  subscription: { readonly name: string; readonly topic: string },
): EventarcEvent {
  return {
    id: message.messageId,
    source: `//pubsub.googleapis.com/${subscription.topic}`,
    specversion: '1.0',
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    datacontenttype: 'application/json',
    time: message.publishTime,
    data: { message, subscription: subscription.name },
  };
}
