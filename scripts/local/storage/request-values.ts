import type { Request } from 'express';

/** Reads `http://host:port` as the client wrote it; links in answers start with it. */
export function readOrigin(request: Request): string {
  return `${request.protocol}://${request.get('host') ?? '127.0.0.1'}`;
}

/** Reads a query parameter that occurs once and is not empty. */
export function readQueryText(request: Request, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
