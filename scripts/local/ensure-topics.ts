interface Target {
  readonly projectId: string;
  readonly location: string;
  readonly workflow: string;
}

const CONFLICT = 409;

/** Sends a request; a PUT of what exists already is as good as done. */
const send = async (method: 'PUT' | 'POST', url: string, body: unknown): Promise<void> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok && response.status !== CONFLICT) {
    throw new Error(`${url} answered with ${response.status}: ${await response.text()}`);
  }
};

/**
 * The topic whose messages start the workflow, with the subscription that Eventarc would make, the
 * topic of completed runs, and the dead-letter topic with its pull subscription.
 */
export const ensureTopics = async (
  endpoint: string,
  { projectId, location, workflow }: Target,
): Promise<void> => {
  const project = `${endpoint}/v1/projects/${projectId}`;
  const topic = (name: string): string => `projects/${projectId}/topics/${name}`;
  await send('PUT', `${project}/topics/sync-trigger`, {});
  await send('PUT', `${project}/topics/sync-completed`, {});
  await send('PUT', `${project}/topics/sync-dead-letter`, {});
  await send('PUT', `${project}/subscriptions/sync-dead-letter`, {
    topic: topic('sync-dead-letter'),
  });
  const pushConfig = {
    pushEndpoint: `${project}/locations/${location}/workflows/${workflow}:triggerPubsubExecution`,
  };
  const eventarc = `${project}/subscriptions/eventarc-sync-trigger`;
  await send('PUT', eventarc, { topic: topic('sync-trigger'), pushConfig });
  // One kept from an earlier start pushes to that start's port.
  await send('POST', `${eventarc}:modifyPushConfig`, { pushConfig });
};
