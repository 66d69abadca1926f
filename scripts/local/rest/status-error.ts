import type { ErrorRequestHandler } from 'express';
import type { z } from 'zod';
import { describeUnexpected } from '../workflows/errors/describe-unexpected.ts';

const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
} as const;

export type StatusCode = keyof typeof HTTP_STATUS;

/** An error with a gRPC status, as every Google API but Cloud Storage answers. */
export class StatusError extends Error {
  readonly status: StatusCode;

  constructor(status: StatusCode, message: string) {
    super(message);
    this.name = 'StatusError';
    this.status = status;
  }
}

/**
 * Parses a request's body.
 *
 * @throws StatusError INVALID_ARGUMENT that names the wrong field
 */
export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) {
    return parsed.data;
  }
  const issue = parsed.error.issues[0];
  throw new StatusError(
    'INVALID_ARGUMENT',
    `Invalid value at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? ''}`,
  );
}

/** Creates a router's last handler: it answers `{"error": {"code", "message", "status"}}`. */
export function createStatusErrorHandler(log: (message: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const { status, message } = classifyError(error);
    const code = HTTP_STATUS[status];
    if (status === 'INTERNAL') {
      log(`${request.method} ${request.path}: ${String(error)}`);
    }
    response.status(code).json({ error: { code, message, status } });
  };
}

function classifyError(error: unknown): { status: StatusCode; message: string } {
  if (error instanceof StatusError) {
    return error;
  }
  // The body parser's own errors have the HTTP status of a client's mistake.
  const isParseError = error instanceof Error && 'status' in error && Number(error.status) < 500;
  return isParseError
    ? { status: 'INVALID_ARGUMENT', message: `Invalid JSON payload received. ${error.message}` }
    : { status: 'INTERNAL', message: describeUnexpected(error) };
}
