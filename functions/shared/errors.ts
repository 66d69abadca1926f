import { withoutQueries } from './without-query.ts';

/**
 * Kind of a failure: `transient` may succeed later, `permanent` will not, `bug` is an error in the
 * code. The workflow retries every 5xx, so a bug (500) as well as a transient failure (503).
 */
export type Outcome = 'transient' | 'permanent' | 'bug';

interface Details {
  readonly status?: number;
  readonly hint?: string;
  readonly runId?: number;
  readonly cause?: unknown;
}

/**
 * A failure with a code for machines, and a message and hint for people. The queries of URLs are
 * removed from the message, because it is stored, logged and mailed.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly outcome: Outcome;
  readonly code: string;
  readonly status: number;
  readonly hint: string | undefined;
  readonly runId: number | undefined;

  constructor(outcome: Outcome, code: string, message: string, details: Details = {}) {
    super(withoutQueries(message), { cause: details.cause });
    this.outcome = outcome;
    this.code = code;
    this.status = details.status ?? { transient: 503, permanent: 422, bug: 500 }[outcome];
    this.hint = details.hint;
    this.runId = details.runId;
  }
}

/** @returns an error that a retry may fix (HTTP 503). */
export function transient(code: string, message: string, details?: Details): SyncError {
  return new SyncError('transient', code, message, details);
}

/** @returns an error that a retry cannot fix (HTTP 422, or the 4xx in `details.status`). */
export function permanent(code: string, message: string, details?: Details): SyncError {
  return new SyncError('permanent', code, message, details);
}

/** SQLSTATE classes and codes of a database that is unavailable or busy. */
const TRANSIENT_SQLSTATE = /^(08|53|57P|40001$|40P01$|55P03$|25006$)/;

/** Deadlock and serialization failure, after which the transaction can be run again at once. */
const RETRY_AT_ONCE_SQLSTATE = /^(40001|40P01)$/;

const UNIQUE_VIOLATION_SQLSTATE = '23505';

/** SQLSTATE classes of a value that no retry makes fit: bad data, and program limits. */
const VALUE_SQLSTATE = /^(22|54)/;

/** SQLSTATE classes of bad data: value, constraint, size. */
const DATA_SQLSTATE = /^(22|23|54)/;

const TRANSIENT_ERRNO = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

const MAX_CAUSE_DEPTH = 5;

/** Transient errors that have a message but no code, and the code we give them. */
const TRANSIENT_MESSAGES: readonly (readonly [RegExp, string])[] = [
  // node-postgres: a connection was lost, or not available in time.
  [
    /connection terminated|connection ended|timeout exceeded when trying to connect|client has encountered a connection error/i,
    'database_unavailable',
  ],
  // @google-cloud/storage: all retries of a resumable upload's request failed.
  [/^Retry (?:total time )?limit exceeded/, 'google_api_unavailable'],
];

/** gRPC's DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL and UNAVAILABLE. */
const TRANSIENT_GRPC_CODE = new Set([4, 8, 10, 13, 14]);

/** @returns true for an HTTP status that may be temporary: 408, 429 and 5xx. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status < 600);
}

function codeOf(error: unknown): string | number | undefined {
  const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown };
  if (typeof code === 'string' || typeof code === 'number') return code;
  return typeof status === 'number' ? status : undefined;
}

/**
 * The message of an error: an Error, or the bare `{code, message}` that the storage client throws.
 * Node's AggregateError of a failed connection has its messages in its parts only.
 */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  if (!(error instanceof Error)) return String(error);
  const parts = error instanceof AggregateError ? error.errors.map(messageOf) : [];
  return parts.join('; ') || String(codeOf(error) ?? error.name);
}

/** Lists an error, its parts if it is an AggregateError, and the causes of each, nearest first. */
function listCauses(error: unknown, depth = 0): readonly unknown[] {
  if (error == null || depth === MAX_CAUSE_DEPTH) return [];
  const parts = error instanceof AggregateError ? error.errors : [];
  const causes = [...parts, (error as { cause?: unknown }).cause];
  return [error, ...causes.flatMap((cause) => listCauses(cause, depth + 1))];
}

/** @returns true for a SQLSTATE that blames the data, not the statement. */
export function isDataError(error: unknown): boolean {
  return isSqlState(codeOf(error)) && DATA_SQLSTATE.test(String(codeOf(error)));
}

/** @returns true if a row with the same key is already stored. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === UNIQUE_VIOLATION_SQLSTATE;
}

/** @returns true for a deadlock or serialization failure. */
export function isRetryAtOnce(error: unknown): boolean {
  return RETRY_AT_ONCE_SQLSTATE.test(String(codeOf(error)));
}

function isSqlState(code: unknown): boolean {
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
}

/**
 * Decides what a thrown error is: a SyncError stays as it is; a SQLSTATE, errno, HTTP status or
 * gRPC code, on the error or its causes, can make it transient; anything else is a bug.
 */
export function classifyError(error: unknown): SyncError {
  const message = messageOf(error);
  for (const at of listCauses(error)) {
    if (at instanceof SyncError) return at;
    const code = codeOf(at);
    if (isSqlState(code) && TRANSIENT_SQLSTATE.test(String(code))) {
      return transient('database_unavailable', message, { cause: error });
    }
    if (isSqlState(code) && VALUE_SQLSTATE.test(String(code))) {
      return permanent('value_refused', message, { status: 400, cause: error });
    }
    if (typeof code === 'string' && TRANSIENT_ERRNO.has(code)) {
      return transient('connection_failed', message, { cause: error });
    }
    if (typeof code === 'number' && (isTransientStatus(code) || TRANSIENT_GRPC_CODE.has(code))) {
      return transient('google_api_unavailable', message, { cause: error });
    }
    if (!(at instanceof Error)) continue;
    const [, known] = TRANSIENT_MESSAGES.find(([pattern]) => pattern.test(at.message)) ?? [];
    if (known !== undefined) return transient(known, message, { cause: error });
  }
  return new SyncError('bug', 'internal', message, { cause: error });
}
