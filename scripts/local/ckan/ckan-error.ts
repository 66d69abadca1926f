import type { ErrorRequestHandler } from 'express';

/** Builds CKAN's `help`: the path that explains the action that was called. */
export function describeHelp(path: string): string {
  return `/api/3/action/help_show?name=${path.split('/').at(-1)}`;
}

/** An error of CKAN's action API. */
export class CkanError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

export function notFound(message: string): CkanError {
  return new CkanError(404, { message, __type: 'Not Found Error' });
}

/** The error for a wrong parameter, which CKAN answers with 409. */
export function invalidParameter(name: string, complaint: string): CkanError {
  return new CkanError(409, { [name]: [complaint], __type: 'Validation Error' });
}

/** Builds CKAN's error for a request that is refused before the API sees it. */
export function describeCkanRefusal(status: number, message: string): unknown {
  const __type = status === 403 ? 'Authorization Error' : 'Bad Request';
  return { help: describeHelp(''), success: false, error: { message, __type } };
}

/**
 * Creates the handler that answers CkanErrors in JSON, other errors with the portal's HTML page.
 */
export function createCkanErrorHandler(log: (message: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (error instanceof CkanError) {
      const help = describeHelp(request.path);
      response.status(error.status).json({ help, success: false, error: error.body });
      return;
    }
    log(`ckan: ${request.method} ${request.originalUrl}: ${String(error)}`);
    if (response.headersSent) response.destroy();
    else response.status(500).type('html').send(ERROR_PAGE);
  };
}

const ERROR_PAGE =
  '<!DOCTYPE html>\n<html><head><title>Server Error</title></head><body><h1>Server Error</h1></body></html>\n';
