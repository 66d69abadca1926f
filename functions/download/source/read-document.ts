import { Readable } from 'node:stream';
import chain from 'stream-chain';
import { flushable, none } from 'stream-chain/core';
import pick from 'stream-json/filters/pick.js';
import parser from 'stream-json/parser.js';
import streamValues from 'stream-json/streamers/stream-values.js';
import { MAX_RECORD_BYTES } from '../../shared/chunks/split-records.ts';
import { permanent, transient } from '../../shared/errors.ts';
import { createTokenFilter } from './token-filter.ts';

/**
 * A PostgreSQL table, which CKAN keeps the feed in, has at most 1,600 columns; the City's has 32.
 */
const MAX_FIELDS = 1_600;
const MAX_ERROR_LENGTH = 500;

/** One record of a document, or the number of records in the whole table. */
export type Part =
  | { readonly name: 'record'; readonly value: unknown }
  | { readonly name: 'total'; readonly value: number | undefined };

/** Where the parts are: at the top of a dump, under `result` in a response of the API. */
const PART_PATH = /^(?:result\.)?(?:(fields|records)\.\d+|(total)|(error))$/;
const RECORDS_PATH = /^(?:result\.)?records$/;

/**
 * Yields the records of one JSON document as objects, for JSON.stringify to write out again: their
 * numbers are not read but kept as text. The records of a dump are lists; their names come from its
 * `fields`, which CKAN writes first.
 *
 * @param source names the document in errors.
 * @throws SyncError `feed_truncated` (transient) if the document ends early; `feed_malformed`
 * (permanent) if it is not JSON in UTF-8, has no list of records, or is refused by
 * createTokenFilter's filter; `record_too_large` (permanent), because unlike an array's its records
 * are held in memory; `feed_refused` (permanent) if it holds an error of the API.
 */
export async function* readDocument(
  source: string,
  text: AsyncIterable<Buffer>,
): AsyncIterable<Part> {
  const fields: string[] = [];
  let kind = '';
  let sawRecords = false;
  let ended = false;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let bytesRead = 0;
  /** About how many bytes the parser holds of a record that it has not finished. */
  let bytesHeld = 0;
  const decode = (bytes: Buffer): string => {
    if (bytesHeld > MAX_RECORD_BYTES) {
      const message = `${source} has a record of more than ${MAX_RECORD_BYTES} bytes`;
      throw permanent('record_too_large', `${message}, before byte ${bytesRead}`, {
        hint: 'Use the JSON download, in which such a record is a reject',
      });
    }
    bytesHeld += bytes.length;
    bytesRead += bytes.length;
    try {
      return decoder.decode(bytes, { stream: true });
    } catch (cause) {
      const message = `${source} is not valid UTF-8, before byte ${bytesRead}`;
      throw permanent('feed_malformed', message, { cause });
    }
  };
  // A chain flushes its functions in order: `ended` is set just before the parser sees the end.
  const decodeToEnd = flushable<Buffer, string | typeof none>(
    (bytes) => decode(bytes as Buffer),
    () => {
      ended = true;
      return none;
    },
  );
  const toPart = ({ value }: { value: unknown }): Part | null => {
    bytesHeld = 0;
    if (kind === 'fields') {
      if (fields.length === MAX_FIELDS) {
        throw permanent('feed_malformed', `${source} has more than ${MAX_FIELDS} fields`);
      }
      fields.push(readFieldName(source, value));
      return null;
    }
    if (kind === 'total') {
      return { name: 'total', value: JSON.isRawJSON(value) ? Number(value.rawJSON) : undefined };
    }
    if (kind === 'error') {
      const error = JSON.stringify(value).slice(0, MAX_ERROR_LENGTH);
      throw permanent('feed_refused', `${source} answered with an error: ${error}`);
    }
    if (!Array.isArray(value)) return { name: 'record', value };
    if (value.length !== fields.length) {
      const counts = `a record of ${value.length} values, but ${fields.length} fields are known`;
      const hint = 'A dump must name its fields before its records; use the JSON download';
      throw permanent('feed_malformed', `${source} has ${counts}`, { hint });
    }
    return {
      name: 'record',
      value: Object.fromEntries(fields.map((field, i) => [field, value[i]])),
    };
  };
  // A chain runs one token at a time, so `kind` is that of the current value.
  const parts = chain([
    Readable.from(text),
    decodeToEnd,
    parser(),
    createTokenFilter(source),
    pick({
      filter: (stack: readonly (string | number | null)[], token: { readonly name: string }) => {
        const path = stack.join('.');
        sawRecords ||= token.name === 'startArray' && RECORDS_PATH.test(path);
        const match = PART_PATH.exec(path);
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
    throw permanent('feed_malformed', `${source} is an object without a list of records`);
  }
}

/** @throws SyncError `feed_malformed` if a field of a dump has no name. */
function readFieldName(source: string, field: unknown): string {
  const { id } = (field ?? {}) as { readonly id?: unknown };
  if (typeof id === 'string') return id;
  throw permanent(
    'feed_malformed',
    `${source} has a field without an id: ${JSON.stringify(field)}`,
  );
}

/** Translates the parser's errors; those of the network or the storage pass unchanged. */
function toFeedError(source: string, cause: unknown, ended: boolean): unknown {
  if (!(cause instanceof Error) || !cause.message.startsWith('Parser ')) return cause;
  const message = `${source} is not valid JSON: ${cause.message}`;
  return ended
    ? transient('feed_truncated', message, { cause })
    : permanent('feed_malformed', message, { cause });
}
