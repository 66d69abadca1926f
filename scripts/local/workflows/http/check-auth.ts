import { createError } from '../errors/workflow-error.ts';
import { isMap, type Value } from '../values/value.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Checks `auth` as the service would. No token is sent, because there is no identity here. One rule
 * is relaxed so a workflow runs unchanged: on loopback, OIDC and OAuth2 may use plain HTTP and any
 * host.
 *
 * @throws WorkflowError tagged TypeError, ValueError or AuthError
 */
export function checkAuth(auth: Value, url: string): void {
  if (auth === null) return;
  if (!isMap(auth)) throw createError('TypeError', 'auth must be a map');
  const type = auth.get('type');
  if (type !== 'OIDC' && type !== 'OAuth2') {
    throw createError('ValueError', 'auth.type must be OIDC or OAuth2');
  }
  const target = new URL(url);
  if (LOOPBACK.has(target.hostname)) return;
  if (target.protocol !== 'https:') {
    throw createError('AuthError', `${type} needs an https URL, not ${target.origin}`);
  }
  if (type === 'OAuth2' && !target.hostname.endsWith('.googleapis.com')) {
    throw createError('AuthError', `OAuth2 is only for *.googleapis.com, not ${target.hostname}`);
  }
}
