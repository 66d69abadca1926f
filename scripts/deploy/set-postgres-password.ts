import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const operation = z.object({
  name: z.string(),
  status: z.string(),
  error: z.object({ errors: z.array(z.object({ message: z.string().optional() })) }).optional(),
});

export interface AdminApi {
  /** `https://sqladmin.googleapis.com/` */
  readonly baseUrl: string;
  readonly getToken: () => Promise<string>;
  readonly pollMilliseconds?: number;
}

/** The API's status of a completed operation. */
const DONE = 'DONE';
const POLL_MILLISECONDS = 1_000;

/**
 * Sets the password of a Cloud SQL instance's built-in user postgres and waits until it is in
 * effect. The password is sent only in the request's body.
 * Source: https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1/users/update
 *
 * @param connectionName `project:region:instance`
 * @throws Error with the API's message
 */
export async function setPostgresPassword(
  { baseUrl, getToken, pollMilliseconds = POLL_MILLISECONDS }: AdminApi,
  connectionName: string,
  password: string,
): Promise<void> {
  const [project = '', , instance = ''] = connectionName.split(':');
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(`v1/projects/${project}/${path}`, baseUrl), {
      ...init,
      headers: {
        authorization: `Bearer ${await getToken()}`,
        'content-type': 'application/json',
      },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Cloud SQL: ${response.status} ${text.slice(0, 300)}`);
    return operation.parse(JSON.parse(text));
  };
  let current = await send(`instances/${instance}/users?name=postgres`, {
    method: 'PUT',
    body: JSON.stringify({ name: 'postgres', password }),
  });
  while (current.status !== DONE) {
    await delay(pollMilliseconds);
    current = await send(`operations/${current.name}`);
  }
  const [failure] = current.error?.errors ?? [];
  if (failure) throw new Error(`Cloud SQL: ${failure.message ?? 'the password was not set'}`);
}
