interface Target {
  readonly projectId: string;
  readonly location: string;
  readonly workflow: string;
  /** Of the Workflows API. */
  readonly workflowsUrl: string;
}

const CONFLICT = 409;

/** Sends a request; a PUT of what exists already is as good as done. */
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
 * The topic whose messages start the workflow, with the subscription that Eventarc would make, the
 * topic of completed runs, and the dead-letter topic with its pull subscription.
 */
export async function ensureTopics(
  pubsubUrl: string,
  { projectId, location, workflow, workflowsUrl }: Target,
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
  // One kept from an earlier start pushes to that start's port.
  await send('POST', `${eventarc}:modifyPushConfig`, { pushConfig });
}
