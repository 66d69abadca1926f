import { Readable } from 'node:stream';
import chain from 'stream-chain';
import pick from 'stream-json/filters/pick.js';
import parser from 'stream-json/parser.js';
import streamValues from 'stream-json/streamers/stream-values.js';
import { permanent, transient } from '../shared/errors.ts';
import { decodeFeed } from './decode-feed.ts';
import type { Feed } from './open-feed.ts';

type Bytes = AsyncIterable<Buffer>;

/**
 * The feed as one bare array of objects, whichever of CKAN's three shapes it comes in: the JSON
 * download is passed on byte for byte, a datastore dump and datastore_search pages are rewritten.
 *
 * @throws SyncError `feed_not_json` (transient: the portal may be showing an error page).
 */
export const normaliseFeed = async function* (feed: Feed): Bytes {
  const text = skipLeadingSpace(decodeFeed(feed.body));
  const { value: first, done } = await text.next();
  const start = done ? '' : String.fromCharCode(first[0] ?? 0);
  if (start === '<') {
    yield first as Buffer;
    yield* text;
    throw transient('feed_not_json', `${feed.source} answered with HTML instead of JSON`);
  }
  const body = (async function* () {
    if (!done) yield first;
    yield* text;
  })();
  if (start === '{') yield* rewritePages(feed, body);
  else yield* body;
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
  let offset = 0;
  let page: Bytes | undefined = firstPage;
  while (page !== undefined) {
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
    const hasMore = offset > before && typeof total === 'number' && offset < total;
    page = hasMore && feed.openPage ? decodeFeed(await feed.openPage(offset)) : undefined;
  }
  yield Buffer.from(separator === '[' ? '[]' : ']');
};

interface Part {
  readonly name: 'record' | 'total';
  readonly value: unknown;
}

/** Where the parts stand: in a dump at the top, in an answer of the API below `result`. */
const PART_PATH = /^(?:result\.)?(?:(fields|records)\.\d+|(total)|(error))$/;

/** The records of one document as objects; a dump's lists get their names from its `fields`. */
const readDocument = async function* (source: string, text: Bytes): AsyncIterable<Part> {
  const fields: string[] = [];
  let kind = '';
  let sawRecords = false;
  let ended = false;
  const tracked = async function* () {
    yield* text;
    ended = true;
  };
  const toPart = ({ value }: { value: unknown }): Part | null => {
    if (kind === 'fields') {
      fields.push(String((value as { id?: unknown }).id));
      return null;
    }
    if (kind === 'total') return { name: 'total', value };
    if (kind === 'error') {
      throw permanent('feed_refused', `${source} answered with an error: ${JSON.stringify(value)}`);
    }
    if (!Array.isArray(value)) return { name: 'record', value };
    return {
      name: 'record',
      value: Object.fromEntries(fields.map((field, index) => [field, value[index] ?? null])),
    };
  };
  // The functions of a chain run one token at a time, so `kind` is that of the value at hand.
  const parts = chain([
    Readable.from(tracked()),
    parser(),
    pick({
      filter: (stack: readonly (string | number | null)[]) => {
        sawRecords ||= stack.at(-1) === 'records';
        const match = PART_PATH.exec(stack.join('.'));
        if (match) kind = match[1] ?? match[2] ?? match[3] ?? '';
        return match !== null;
      },
    }),
    streamValues(),
    toPart,
  ]);
  try {
    yield* parts as unknown as AsyncIterable<Part>;
  } catch (cause) {
    throw toFeedError(source, cause, ended);
  }

  if (!sawRecords) {
    throw permanent('feed_malformed', `${source} is an object without records`);
  }
};

/** The parser's own complaints; whatever the network or the storage said passes as it is. */
const toFeedError = (source: string, cause: unknown, ended: boolean): unknown => {
  if (!(cause instanceof Error) || !cause.message.startsWith('Parser ')) return cause;
  const message = `${source} is not valid JSON: ${cause.message}`;
  return ended
    ? transient('feed_truncated', message, { cause })
    : permanent('feed_malformed', message, { cause });
};
