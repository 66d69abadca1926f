import { transient } from '../../shared/errors.ts';
import { createByteLimit } from './byte-limit.ts';
import { decodeFeed, prepend } from './decode-feed.ts';
import type { Feed } from './open-feed.ts';
import { readDocument } from './read-document.ts';

type Bytes = AsyncIterable<Buffer>;

/**
 * Yields a feed as one bare array of objects, whichever of CKAN's three shapes it has: passes the
 * JSON download on byte for byte, and rewrites a datastore dump or the pages of datastore_search.
 * HTML or XML is passed on before the error, so it is stored and can be inspected.
 *
 * @param maxBytes limits the feed's text, all pages together.
 * @throws SyncError `feed_not_json` (transient: the portal may be showing an error page);
 * `feed_truncated` (transient) if the pages end before their total; errors of createByteLimit's
 * filter and of readDocument.
 */
export async function* normaliseFeed(feed: Feed, maxBytes: number): Bytes {
  const hint = 'If the feed is right, raise MAX_FEED_BYTES';
  const limit = createByteLimit(feed.source, maxBytes, hint);
  const open = async (body: Bytes) => openText(limit(await decodeFeed(body)));
  const { start, text } = await open(feed.body);
  if (start === '<') {
    yield* text;
    throw notJson(feed);
  }
  if (start === '{') yield* rewritePages(feed, text, open);
  else yield* text;
}

function notJson({ source }: Feed) {
  return transient('feed_not_json', `${source} answered with HTML or XML instead of JSON`);
}

interface Text {
  /** The first character that is not white space; empty if there is none. */
  readonly start: string;
  readonly text: Bytes;
}

/** Drops white space at the beginning of a text. */
async function openText(decoded: Bytes): Promise<Text> {
  const rest = decoded[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await rest.next();
    if (done) return { start: '', text: prepend(Buffer.alloc(0), rest) };
    const from = value.findIndex((byte) => !/\s/.test(String.fromCharCode(byte)));
    if (from === -1) continue;
    const text = prepend(value.subarray(from), rest);
    return { start: String.fromCharCode(value[from] as number), text };
  }
}

/** Yields one array from a document's records and those of the pages that follow it. */
async function* rewritePages(
  feed: Feed,
  firstPage: Bytes,
  openPage: (body: Bytes) => Promise<Text>,
): Bytes {
  let separator = '[';
  let offset = feed.pages?.offset ?? 0;
  let page = firstPage;
  for (;;) {
    const before = offset;
    let total: unknown;
    for await (const part of readDocument(feed.source, page)) {
      if (part.name === 'total') total = part.value;
      else {
        yield Buffer.from(separator + JSON.stringify(part.value));
        separator = ', ';
        offset += 1;
      }
    }
    const hasMore = typeof total === 'number' && offset < total;
    if (hasMore && feed.pages && offset === before) {
      const message = `${feed.source} has no records from ${offset} on, though its total is ${total}`;
      throw transient('feed_truncated', message);
    }
    if (!hasMore || !feed.pages) break;
    const next = await openPage(await feed.pages.open(offset));
    if (next.start === '<') throw notJson(feed);
    page = next.text;
  }
  yield Buffer.from(separator === '[' ? '[]' : ']');
}
