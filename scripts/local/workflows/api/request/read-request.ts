import type { Request } from 'express';
import { ApiError } from '../../errors/api-error.ts';

/** A path parameter. */
export function readPath(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

/** A query parameter given once; undefined when it is absent or empty. */
export function readQuery(request: Request, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A query parameter that counts something; 0 when it is absent. Throws ApiError. */
export function readCount(request: Request, name: string): number {
  const text = readQuery(request, name) ?? '0';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ApiError('INVALID_ARGUMENT', `${name} must be a positive integer, not '${text}'`);
}

/** A page's size: the default when absent or 0, cut to the maximum. Throws ApiError. */
export function readPageSize(request: Request, sizes: { usual: number; maximum: number }): number {
  const size = readCount(request, 'pageSize');
  return Math.min(size === 0 ? sizes.usual : size, sizes.maximum);
}

/**
 * The items of one page, less those to be skipped at its beginning, and the token of the next. The
 * token is the offset. Throws ApiError.
 */
export function cutPage<T>(
  items: readonly T[],
  request: Request,
  { pageSize, skip = 0 }: { readonly pageSize: number; readonly skip?: number },
): { readonly items: readonly T[]; readonly nextPageToken?: string } {
  const token = readQuery(request, 'pageToken') ?? '0';
  if (!/^\d+$/.test(token)) throw new ApiError('INVALID_ARGUMENT', 'invalid pageToken');
  const start = Number(token) + skip;
  const end = start + pageSize;
  const page = items.slice(start, end);
  return end < items.length ? { items: page, nextPageToken: String(end) } : { items: page };
}

/** The request's JSON body as an object. Throws ApiError. */
export function readBody(request: Request): Readonly<Record<string, unknown>> {
  const body: unknown = request.body ?? {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new ApiError('INVALID_ARGUMENT', 'the body must be a JSON object');
}

/** A field that is a string, or undefined when absent. Throws ApiError. */
export function readString(
  body: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new ApiError('INVALID_ARGUMENT', `${name} must be a string`);
}

/** A field that is a map of strings, or undefined when absent. Throws ApiError. */
export function readStringMap(
  body: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  const isMap =
    typeof value === 'object' && Object.values(value).every((item) => typeof item === 'string');
  if (isMap) return value as Record<string, string>;
  throw new ApiError('INVALID_ARGUMENT', `${name} must be a map of strings`);
}
