import { invalidArgument } from '../storage-error.ts';

/** An upload of two parts: its JSON, already read, and the object's content, which is not. */
export interface MultipartUpload {
  readonly metadata: string;
  readonly contentType: string | undefined;
  readonly content: AsyncIterable<Buffer>;
}

const MAX_HEAD_BYTES = 1024 * 1024;

/**
 * Reads a multipart/related body: the first part and the second part's headers at once, the second
 * part's content as the caller iterates. Lines may end with CRLF, as the standard says, or with LF,
 * as Google's Python clients (including gcloud) write them.
 */
export async function readMultipartUpload(
  source: AsyncIterable<Buffer>,
  contentTypeHeader: string,
): Promise<MultipartUpload> {
  const boundary = readBoundary(contentTypeHeader);
  const pieces = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let parts = splitHead(head, boundary);
  while (parts === undefined) {
    const piece = await pieces.next();
    if (piece.done || head.length > MAX_HEAD_BYTES) {
      throw invalidArgument('Multipart body does not hold two parts.');
    }
    head = Buffer.concat([head, piece.value]);
    parts = splitHead(head, boundary);
  }
  const { metadata, contentType, delimiter, rest } = parts;
  return { metadata, contentType, content: readContent(rest, pieces, delimiter) };
}

function readBoundary(contentTypeHeader: string): string {
  const match = /^multipart\/related\s*;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(
    contentTypeHeader,
  );
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) {
    throw invalidArgument('Multipart upload without a multipart/related boundary.');
  }
  // Python quotes a boundary with apostrophes, which the standard takes as part of the text.
  return boundary.replace(/^'(.*)'$/, '$1');
}

interface Head extends Omit<MultipartUpload, 'content'> {
  readonly delimiter: Buffer;
  /** The beginning of the content. */
  readonly rest: Buffer;
}

/**
 * Reads a refused upload to its end. A client that is still sending would otherwise miss the
 * answer, because HTTP can stop it only by breaking the connection.
 */
export async function discardContent(content: AsyncIterable<Buffer>): Promise<void> {
  for await (const _bytes of content) {
    // Nothing is kept.
  }
}

/** Splits the head; undefined while it is incomplete. */
function splitHead(head: Buffer, boundary: string): Head | undefined {
  const start = head.indexOf(`--${boundary}`);
  const lineEnd = start < 0 ? -1 : head.indexOf('\n', start);
  if (lineEnd < 0) {
    return undefined;
  }
  const newline = head[lineEnd - 1] === 0x0d ? '\r\n' : '\n';
  const delimiter = Buffer.from(`${newline}--${boundary}`);
  const first = splitHeaders(head.subarray(lineEnd + 1), newline);
  const firstEnd = first?.body.indexOf(delimiter) ?? -1;
  if (first === undefined || firstEnd < 0) {
    return undefined;
  }
  const second = splitHeaders(
    first.body.subarray(firstEnd + delimiter.length + newline.length),
    newline,
  );
  return (
    second && {
      metadata: first.body.toString('utf8', 0, firstEnd),
      contentType: /^content-type:\s*(.*)$/im.exec(second.headers)?.[1]?.trim(),
      delimiter,
      rest: second.body,
    }
  );
}

function splitHeaders(
  part: Buffer,
  newline: string,
): { headers: string; body: Buffer } | undefined {
  if (part.subarray(0, newline.length).equals(Buffer.from(newline))) {
    return { headers: '', body: part.subarray(newline.length) };
  }
  const end = part.indexOf(newline + newline);
  return end < 0
    ? undefined
    : { headers: part.toString('utf8', 0, end), body: part.subarray(end + 2 * newline.length) };
}

async function* readContent(
  rest: Buffer,
  pieces: AsyncIterator<Buffer>,
  delimiter: Buffer,
): AsyncGenerator<Buffer> {
  let pending = rest;
  for (;;) {
    const end = pending.indexOf(delimiter);
    if (end >= 0) {
      yield pending.subarray(0, end);
      await drain(pieces);
      return;
    }
    // The last bytes may be the beginning of the delimiter, so they wait for the next piece.
    const safeBytes = Math.max(0, pending.length - delimiter.length + 1);
    if (safeBytes > 0) {
      yield pending.subarray(0, safeBytes);
    }
    const piece = await pieces.next();
    if (piece.done) {
      throw invalidArgument('Multipart body ends without its closing delimiter.');
    }
    pending = Buffer.concat([pending.subarray(safeBytes), piece.value]);
  }
}

async function drain(pieces: AsyncIterator<Buffer>): Promise<void> {
  while (!(await pieces.next()).done) {
    // Whatever follows the closing delimiter is ignored.
  }
}
