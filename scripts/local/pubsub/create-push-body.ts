import type { Delivery, Subscription } from './pubsub-resources.ts';

/**
 * The body of a push request. To an endpoint that starts a workflow (`…:triggerPubsubExecution`, where
 * Eventarc's subscriptions point) it is that method's request; to any other, the wrapped message,
 * with the snake-case doubles that the service sends as well.
 */
export function createPushBody(
  { name, pushConfig, deadLetterPolicy }: Subscription,
  { message, attempts }: Delivery,
): object {
  const attempt = deadLetterPolicy ? { deliveryAttempt: attempts } : {};
  if (startsWorkflow(pushConfig.pushEndpoint ?? '')) {
    return {
      GCPCloudEventsMode: 'CE_PUBSUB_BINDING',
      message,
      subscription: name,
      ...attempt,
    };
  }
  return {
    message: { ...message, message_id: message.messageId, publish_time: message.publishTime },
    subscription: name,
    ...attempt,
  };
}

function startsWorkflow(pushEndpoint: string): boolean {
  return (
    URL.canParse(pushEndpoint) && new URL(pushEndpoint).pathname.endsWith(':triggerPubsubExecution')
  );
}
