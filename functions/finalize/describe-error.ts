const MAX_LENGTH = 2_000;

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Describes in one line what the workflow caught: the error body of a function's response if there
 * is one, else the workflow's own message, else the raised value itself.
 */
export function describeError(error: unknown): string {
  const answered = property(property(error, 'body'), 'error');
  const code = text(property(answered, 'code')) ?? text(property(error, 'code'));
  const message =
    text(property(answered, 'message')) ??
    text(property(error, 'message')) ??
    text(error) ??
    JSON.stringify(error) ??
    'unknown error';
  return (code === undefined ? message : `${code}: ${message}`).slice(0, MAX_LENGTH);
}
