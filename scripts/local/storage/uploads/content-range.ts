import { invalidArgument } from '../storage-error.ts';

/**
 * What one request of a resumable upload says it carries: the offset of its first byte and, as far
 * as it knows, the offset after its last and the size of the object. `start` undefined asks how far
 * the upload has come.
 */
export interface UploadRange {
  readonly start?: number;
  readonly end?: number;
  readonly totalBytes?: number;
}

/**
 * Reads `bytes 0-99/1000`, `bytes 0-99/*`, `bytes 0-*` + `/*`, `bytes *` + `/1000`; a request without
 * the header carries the whole object. Throws 400 for anything else.
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
