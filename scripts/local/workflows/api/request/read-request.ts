import type { Request } from 'express';
import { ApiError } from '../../errors/api-error.ts';

/** Reads a path parameter. */
export function readPath(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

/** Reads a query parameter given once; undefined if it is absent or empty. */
export function readQuery(request: Request, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Reads a query parameter that is a count; 0 if it is absent.
 *
 * @throws ApiError
 */
export function readCount(request: Request, name: string): number {
  const text = readQuery(request, name) ?? '0';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ApiError('INVALID_ARGUMENT', `${name} must be a positive integer, not '${text}'`);
}

/**
 * Reads a page's size: the default if absent or 0, capped at the maximum.
 *
 * @throws ApiError
 */
export function readPageSize(request: Request, sizes: { usual: number; maximum: number }): number {
  const size = readCount(request, 'pageSize');
  return Math.min(size === 0 ? sizes.usual : size, sizes.maximum);
}

/**
 * Cuts one page out of a list, without the items to skip at its beginning, and makes the token of
 * the next page. The token is an offset.
 *
 * @throws ApiError
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

/**
 * Reads the request's JSON body as an object.
 *
 * @throws ApiError
 */
export function readBody(request: Request): Readonly<Record<string, unknown>> {
  const body: unknown = request.body ?? {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new ApiError('INVALID_ARGUMENT', 'the body must be a JSON object');
}

/**
 * Reads a string field; undefined if it is absent.
 *
 * @throws ApiError
 */
export function readString(
  body: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new ApiError('INVALID_ARGUMENT', `${name} must be a string`);
}

/**
 * Reads a field that is a map of strings; undefined if it is absent.
 *
 * @throws ApiError
 */
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
