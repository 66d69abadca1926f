import { transient } from '../../shared/errors.ts';
import { createByteLimit } from './byte-limit.ts';
import { decodeFeed, prepend } from './decode-feed.ts';
import type { Feed } from './open-feed.ts';
import { readDocument } from './read-document.ts';

type Bytes = AsyncIterable<Buffer>;

/**
 * The feed as one bare array of objects, whichever of CKAN's three shapes it comes in: the JSON
 * download is passed on byte for byte, a datastore dump and datastore_search pages are rewritten.
 * What is not JSON is passed on too, before the error, so that it can be looked at.
 *
 * @param maxBytes of the feed's text, all pages together.
 * @throws SyncError `feed_not_json` (transient: the portal may be showing an error page);
 * `feed_truncated` (transient) when pages end before their total; what createByteLimit's filter
 * and readDocument throw.
 */
export async function* normaliseFeed(feed: Feed, maxBytes: number): Bytes {
  const hint = 'If that is right, raise MAX_FEED_BYTES';
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
  /** The first character; empty for an empty text. */
  readonly start: string;
  readonly text: Bytes;
}

/** The text and its first character; white space before that is left out. */
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

/** One array out of a document with records, and of the pages that follow it. */
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
      const message = `${feed.source} has no records from ${offset} on, of ${total} it says it has`;
      throw transient('feed_truncated', message);
    }
    if (!hasMore || !feed.pages) break;
    const next = await openPage(await feed.pages.open(offset));
    if (next.start === '<') throw notJson(feed);
    page = next.text;
  }
  yield Buffer.from(separator === '[' ? '[]' : ']');
}
