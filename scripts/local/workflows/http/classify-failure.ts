import { createError, type WorkflowError } from '../errors/workflow-error.ts';

// Nothing was sent: the name was not resolved, nothing listens, or there is no route.
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Creates the error of a request without a response: ConnectionFailedError if no connection was
 * made (safe to send again), ConnectionError if it broke (the request may have arrived).
 */
export function classifyFailure(error: unknown): WorkflowError {
  const code = findErrorCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  if (code !== undefined && NEVER_CONNECTED.has(code)) {
    return createError('ConnectionFailedError', `connection failed: ${reason || code}`);
  }
  return createError('ConnectionError', `connection broken: ${reason || code || 'unknown reason'}`);
}

// fetch wraps the errno in `cause`; a host with several addresses gives an AggregateError.
function findErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) {
    const codes = error.errors.map(findErrorCode).filter((code) => code !== undefined);
    if (codes.length > 0) return codes[0];
  }
  return findErrorCode(error.cause);
}
