import { PassThroughClient } from 'google-auth-library';
import type { Config } from './config.ts';

/** The part of the configuration that a client of a Google API needs. */
export type Endpoint = Pick<Config, 'GOOGLE_API_ENDPOINT' | 'GOOGLE_CLOUD_PROJECT'>;

/**
 * Options of the generated Google clients (Workflows, Monitoring, Pub/Sub): the project, and with
 * GOOGLE_API_ENDPOINT, REST over that endpoint without credentials.
 */
export function gaxOptions({ GOOGLE_API_ENDPOINT, GOOGLE_CLOUD_PROJECT }: Endpoint) {
  const projectId = GOOGLE_CLOUD_PROJECT;
  if (GOOGLE_API_ENDPOINT === undefined) return { projectId };
  const { protocol, hostname, port } = new URL(GOOGLE_API_ENDPOINT);
  return {
    projectId,
    fallback: true as const,
    protocol: protocol.slice(0, -1),
    apiEndpoint: hostname,
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    // gax's older google-auth-library declares another AuthClient; the two are compatible at run
    // time.
    authClient: new PassThroughClient() as never,
  };
}

/** Options of the Cloud Storage client: the project, and GOOGLE_API_ENDPOINT if it is set. */
export function storageOptions({ GOOGLE_API_ENDPOINT, GOOGLE_CLOUD_PROJECT }: Endpoint) {
  return {
    projectId: GOOGLE_CLOUD_PROJECT,
    ...(GOOGLE_API_ENDPOINT === undefined ? {} : { apiEndpoint: GOOGLE_API_ENDPOINT }),
  };
}
