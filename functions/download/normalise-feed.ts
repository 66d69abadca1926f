import { transient } from '../shared/errors.ts';
import { decodeFeed } from './decode-feed.ts';
import type { Feed } from './open-feed.ts';
import { readDocument } from './read-document.ts';

type Bytes = AsyncIterable<Buffer>;

/**
 * The feed as one bare array of objects, whichever of CKAN's three shapes it comes in: the JSON
 * download is passed on byte for byte, a datastore dump and datastore_search pages are rewritten.
 * What is not JSON is passed on too, before the error, so that it can be looked at.
 *
 * @throws SyncError `feed_not_json` (transient: the portal may be showing an error page);
 * `feed_truncated` (transient) when pages end before their total; what readDocument throws.
 */
export const normaliseFeed = async function* (feed: Feed): Bytes {
  const { start, text } = await openText(feed.body);
  if (start === '<') {
    yield* text;
    throw notJson(feed);
  }
  if (start === '{') yield* rewritePages(feed, text);
  else yield* text;
};

const notJson = ({ source }: Feed) =>
  transient('feed_not_json', `${source} answered with HTML instead of JSON`);

/** The plain text of a body, and its first character; white space before that is left out. */
const openText = async (body: Bytes): Promise<{ start: string; text: Bytes }> => {
  const bytes = skipLeadingSpace(decodeFeed(body));
  const { value: first, done } = await bytes.next();
  if (done) return { start: '', text: bytes };
  const text = async function* () {
    yield first;
    yield* bytes;
  };
  return { start: String.fromCharCode(first[0] ?? 0), text: text() };
};

const skipLeadingSpace = async function* (bytes: Bytes): AsyncGenerator<Buffer, void> {
  let started = false;
  for await (const buffer of bytes) {
    const from = started ? 0 : buffer.findIndex((byte) => !/\s/.test(String.fromCharCode(byte)));
    if (from === -1) continue;
    started = true;
    yield buffer.subarray(from);
  }
};

/** One array out of a document with records, and of the pages that follow it. */
const rewritePages = async function* (feed: Feed, firstPage: Bytes): Bytes {
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
    const next = await openText(await feed.pages.open(offset));
    if (next.start === '<') throw notJson(feed);
    page = next.text;
  }
  yield Buffer.from(separator === '[' ? '[]' : ']');
};
