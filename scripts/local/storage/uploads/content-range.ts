import { invalidArgument } from '../storage-error.ts';

/**
 * The bytes in one request of a resumable upload: the offset of the first, the offset after the
 * last, and the size of the object, if known. Without `start` the request asks how far the upload
 * is.
 */
export interface UploadRange {
  readonly start?: number;
  readonly end?: number;
  readonly totalBytes?: number;
}

/**
 * Parses `bytes 0-99/1000`, `bytes 0-99/*`, `bytes 0-*` + `/*`, `bytes *` + `/1000`. A request
 * without the header carries the whole object.
 *
 * @throws StorageError 400 for anything else
 */
export function parseContentRange(header: string | undefined): UploadRange {
  if (header === undefined) {
    return { start: 0 };
  }
  const match = /^bytes (?:\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header.trim());
  if (match === null) {
    throw invalidArgument(`Failed to parse Content-Range header: ${header}`);
  }
  const [, start, last, total] = match;
  return {
    ...(start !== undefined && { start: Number(start) }),
    ...(last !== undefined && last !== '*' && { end: Number(last) + 1 }),
    ...(total !== '*' && { totalBytes: Number(total) }),
  };
}
