import { permanent, transient } from '../../shared/errors.ts';
import { createByteLimit } from './byte-limit.ts';
import { decodeFeed, prepend } from './decode-feed.ts';
import type { Feed } from './open-feed.ts';
import { createPageCheck } from './page-check.ts';
import { readDocument } from './read-document.ts';

type Bytes = AsyncIterable<Buffer>;

/**
 * Yields a feed as one bare array of objects, whichever of CKAN's three shapes it has: passes the
 * JSON download on byte for byte, and rewrites a datastore dump or the pages of datastore_search.
 * HTML or XML is passed on before the error, so it is stored and can be inspected.
 *
 * @param maxBytes limits the feed's text, all pages together.
 * @throws SyncError `feed_not_json` (transient: the portal may be showing an error page);
 * `feed_truncated` if the records are not as many as the document's total; errors of
 * createByteLimit's filter, of readDocument and of createPageCheck.
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

/**
 * Yields one array from a document's records and those of the pages that follow it, up to the
 * total; if there is none, up to a page without records.
 */
async function* rewritePages(
  feed: Feed,
  firstPage: Bytes,
  openPage: (body: Bytes) => Promise<Text>,
): Bytes {
  const { source, pages } = feed;
  const check = createPageCheck(source);
  let separator = '[';
  let offset = pages?.offset ?? 0;
  let page = firstPage;
  for (;;) {
    const before = offset;
    let total: number | undefined;
    for await (const part of readDocument(source, page)) {
      if (part.name === 'total') total = part.value;
      else {
        if (pages) check.record(part.value);
        yield Buffer.from(separator + JSON.stringify(part.value));
        separator = ', ';
        offset += 1;
      }
    }
    check.endPage(total);
    const isLast = !pages || offset === before || (total !== undefined && offset >= total);
    const mayLack = !pages && feed.isPart;
    if (isLast && total !== undefined && offset !== total && !mayLack) {
      throw truncated(feed, offset, total);
    }
    if (isLast) break;
    const next = await openPage(await pages.open(offset));
    if (next.start === '<') throw notJson(feed);
    page = next.text;
  }
  yield Buffer.from(separator === '[' ? '[]' : ']');
}

/** A saved answer stays what it is; a URL may give all records at the next attempt. */
function truncated({ source }: Feed, records: number, total: number) {
  const message = `${source} has ${records} records, though its total is ${total}`;
  if (/^https?:/i.test(source)) return transient('feed_truncated', message);
  return permanent('feed_truncated', message, {
    hint: 'It is one page of a datastore_search: use the JSON download or the URL of the search, or sync it as partial',
  });
}
