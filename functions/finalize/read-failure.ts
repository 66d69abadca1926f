import type { Failure } from '../shared/sync-runs.ts';

const MAX_LENGTH = 2_000;

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function text(value: unknown): string | undefined {
  // PostgreSQL's text cannot hold NUL.
  return typeof value === 'string' && value !== '' ? value.replaceAll('\0', '\uFFFD') : undefined;
}

/**
 * Reads what the workflow caught: the error body of a function's response if there is one, else
 * the workflow's own message, else the raised value itself. When chunks failed, the hint is that of
 * the error which the last of them met.
 */
export function readFailure(error: unknown): Failure {
  const answered = property(property(error, 'body'), 'error');
  const cause = property(property(property(error, 'cause'), 'body'), 'error');
  const message =
    text(property(answered, 'message')) ??
    text(property(error, 'message')) ??
    text(error) ??
    JSON.stringify(error) ??
    'unknown error';
  return {
    code: text(property(answered, 'code')) ?? text(property(error, 'code')) ?? null,
    message: message.slice(0, MAX_LENGTH),
    hint: text(property(answered, 'hint')) ?? text(property(cause, 'hint')) ?? null,
  };
}
