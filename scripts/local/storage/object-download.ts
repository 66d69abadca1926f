import { closeSync, createReadStream, read } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { parseByteRange } from './byte-range.ts';
import { createEtag, type ObjectRecord } from './object-record.ts';
import { StorageError } from './storage-error.ts';

const READ_BYTES = 256 * 1024;
const readBytes = promisify(read);

/**
 * Streams an object, or the range that the request asks for. `open` returns a file descriptor and
 * is called before anything is awaited, so a generation that is replaced meanwhile is still read to
 * its end. An object stored as gzip is unpacked for a client that does not accept gzip.
 *
 * @throws StorageError 416 for a range outside the object
 */
export async function sendObjectContent(
  record: ObjectRecord,
  open: () => number,
  request: Request,
  response: Response,
): Promise<void> {
  const isGzipped = record.fields.contentEncoding === 'gzip';
  const unpacks = isGzipped && !/\bgzip\b/.test(request.get('accept-encoding') ?? '');
  const range = unpacks ? undefined : parseByteRange(request.get('range'), record.sizeBytes);
  setContentHeaders(record, response);
  if (range === 'unsatisfiable') {
    response.set('Content-Range', `bytes */${record.sizeBytes}`);
    throw new StorageError(
      416,
      'requestedRangeNotSatisfiable',
      'The requested range cannot be satisfied.',
    );
  }
  const { start, end } = range ?? { start: 0, end: record.sizeBytes };
  if (range !== undefined) {
    response.status(206).set('Content-Range', `bytes ${start}-${end - 1}/${record.sizeBytes}`);
  }
  if (unpacks) {
    response.set('Warning', '214 UploadServer gunzipped');
  } else {
    response.set('Content-Length', String(end - start));
    setHeaderIfKnown(response, 'Content-Encoding', record.fields.contentEncoding);
  }
  if (request.method === 'HEAD' || start === end) {
    response.end();
    return;
  }
  if (unpacks) {
    const content = createReadStream('', { fd: open(), start, end: end - 1 });
    await pipeline(content, createGunzip(), response);
  } else await sendRange(open(), start, end, response);
}

/**
 * Sends a range through one buffer, which is written out before it is filled again. With a new
 * buffer for each piece, garbage collection took a third of the time.
 */
async function sendRange(
  fd: number,
  start: number,
  end: number,
  response: Response,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, end - start));
  try {
    for (let from = start; from < end && !response.destroyed; ) {
      const { bytesRead } = await readBytes(
        fd,
        buffer,
        0,
        Math.min(buffer.length, end - from),
        from,
      );
      if (bytesRead === 0) throw new Error(`The object ends at byte ${from}`);
      from += bytesRead;
      await new Promise<void>((resolve) =>
        response.write(buffer.subarray(0, bytesRead), () => resolve()),
      );
    }
    response.end();
  } finally {
    closeSync(fd);
  }
}

function setContentHeaders(record: ObjectRecord, response: Response): void {
  const headers = {
    'Accept-Ranges': 'bytes',
    'Content-Type': record.fields.contentType ?? 'application/octet-stream',
    'Last-Modified': new Date(record.updated).toUTCString(),
    ETag: createEtag(record),
    'X-Goog-Generation': record.generation,
    'X-Goog-Metageneration': record.metageneration,
    'X-Goog-Hash': `crc32c=${record.crc32c},md5=${record.md5Hash}`,
    'X-Goog-Storage-Class': record.fields.storageClass ?? 'STANDARD',
    'X-Goog-Stored-Content-Encoding': record.fields.contentEncoding ?? 'identity',
    'X-Goog-Stored-Content-Length': String(record.sizeBytes),
  };
  // Not response.set, because it adds a charset to the content type.
  response.setHeaders(new Map(Object.entries(headers)));
  setHeaderIfKnown(response, 'Cache-Control', record.fields.cacheControl);
  setHeaderIfKnown(response, 'Content-Disposition', record.fields.contentDisposition);
  setHeaderIfKnown(response, 'Content-Language', record.fields.contentLanguage);
}

function setHeaderIfKnown(response: Response, name: string, value: string | null | undefined) {
  if (value) {
    response.set(name, value);
  }
}
