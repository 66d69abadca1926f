interface TopicsOptions {
  readonly projectId: string;
  readonly location: string;
  readonly workflow: string;
  /** Where the Workflows API answers. */
  readonly workflowsUrl: string;
}

const CONFLICT = 409;

/** Sends a request. A PUT of something that exists already counts as success. */
async function send(method: 'PUT' | 'POST', url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok && response.status !== CONFLICT) {
    throw new Error(`${url} answered with ${response.status}: ${await response.text()}`);
  }
}

/**
 * Creates the topics that do not exist yet: `sync-trigger`, whose messages start the workflow
 * through the subscription that Eventarc would create, `sync-completed`, and `sync-dead-letter`
 * with its pull subscription.
 */
export async function ensureTopics(
  pubsubUrl: string,
  { projectId, location, workflow, workflowsUrl }: TopicsOptions,
): Promise<void> {
  const path = `/v1/projects/${projectId}`;
  const project = `${pubsubUrl}${path}`;
  const topic = (name: string): string => `projects/${projectId}/topics/${name}`;
  await send('PUT', `${project}/topics/sync-trigger`, {});
  await send('PUT', `${project}/topics/sync-completed`, {});
  await send('PUT', `${project}/topics/sync-dead-letter`, {});
  await send('PUT', `${project}/subscriptions/sync-dead-letter`, {
    topic: topic('sync-dead-letter'),
  });
  const trigger = new URL(
    `${workflowsUrl}${path}/locations/${location}/workflows/${workflow}:triggerPubsubExecution`,
  );
  trigger.searchParams.set('__GCP_CloudEventsMode', 'CE_PUBSUB_BINDING');
  trigger.searchParams.set('topic', topic('sync-trigger'));
  const pushConfig = { pushEndpoint: trigger.href };
  const eventarc = `${project}/subscriptions/eventarc-sync-trigger`;
  await send('PUT', eventarc, { topic: topic('sync-trigger'), pushConfig });
  // A subscription kept from an earlier start still pushes to that start's port.
  await send('POST', `${eventarc}:modifyPushConfig`, { pushConfig });
}
