import type { ErrorRequestHandler, Response } from 'express';
import { describeUnexpected } from '../workflows/errors/describe-unexpected.ts';

/** An error as Cloud Storage answers it: an HTTP status, a `reason` and a message. */
export class StorageError extends Error {
  readonly httpStatus: number;
  readonly reason: string;

  constructor(httpStatus: number, reason: string, message: string) {
    super(message);
    this.name = 'StorageError';
    this.httpStatus = httpStatus;
    this.reason = reason;
  }
}

export function invalidArgument(message: string): StorageError {
  return new StorageError(400, 'invalid', message);
}

export function missingBucket(): StorageError {
  return new StorageError(404, 'notFound', 'The specified bucket does not exist.');
}

export function missingObject(bucket: string, name: string): StorageError {
  return new StorageError(404, 'notFound', `No such object: ${bucket}/${name}`);
}

export function failedPrecondition(): StorageError {
  return new StorageError(
    412,
    'conditionNotMet',
    'At least one of the pre-conditions you specified did not hold.',
  );
}

/** Sends Google's JSON error; downloads (`alt=media`) get the bare message, as in the cloud. */
function sendStorageError(response: Response, error: StorageError, isMedia: boolean): void {
  if (isMedia) {
    response.status(error.httpStatus).type('text/html').send(error.message);
    return;
  }
  const { httpStatus: code, message, reason } = error;
  response
    .status(code)
    .json({ error: { code, message, errors: [{ message, domain: 'global', reason }] } });
}

/**
 * Creates the last handler of the storage router. A client that hung up gets no answer. Any other
 * error than a StorageError is a bug or a full disk: it is logged and answered with 500.
 */
export function createStorageErrorHandler(log: (message: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const isMedia = request.method === 'GET' && request.query.alt === 'media';
    if (error instanceof StorageError) {
      sendStorageError(response, error, isMedia);
      return;
    }
    if (isBodyParserError(error)) {
      sendStorageError(response, invalidArgument('Parse Error'), isMedia);
      return;
    }
    log(`storage: ${request.method} ${request.path}: ${String(error)}`);
    const internal = new StorageError(500, 'internalError', describeUnexpected(error));
    sendStorageError(response, internal, isMedia);
  };
}

function isBodyParserError(error: unknown): boolean {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status < 500
  );
}
