import type { Delivery, Subscription } from './pubsub-resources.ts';

/**
 * Creates the body of a push request. An endpoint that starts a workflow
 * (`…:triggerPubsubExecution`, as in Eventarc's subscriptions) gets that method's request. Any
 * other gets the wrapped message, with the ids in camel case and in snake case, as the service
 * sends them.
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
