import { ApiError } from '../errors/api-error.ts';

/**
 * Wraps a Pub/Sub message in the CloudEvent that Eventarc passes to a workflow as its argument. The
 * event's source is the topic, which is not in the request; without one it is the subscription.
 *
 * Source: https://cloud.google.com/eventarc/docs/workflows/cloudevents
 */
export function createPubsubEvent(
  body: Readonly<Record<string, unknown>>,
  now: number,
  topic?: string,
): Readonly<Record<string, unknown>> {
  const { message, subscription = '', deliveryAttempt } = body;
  if (typeof message !== 'object' || message === null) {
    throw new ApiError('INVALID_ARGUMENT', 'message must be a PubsubMessage');
  }
  const messageId = 'messageId' in message ? String(message.messageId) : '';
  const publishTime =
    'publishTime' in message ? String(message.publishTime) : new Date(now * 1000).toISOString();
  return {
    data: {
      message,
      subscription,
      ...(deliveryAttempt === undefined ? {} : { deliveryAttempt }),
    },
    datacontenttype: 'application/json',
    id: messageId,
    source: `//pubsub.googleapis.com/${topic ?? subscription}`,
    specversion: '1.0',
    time: publishTime,
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
  };
}
