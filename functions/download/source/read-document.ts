import { Readable } from 'node:stream';
import chain from 'stream-chain';
import { flushable, none } from 'stream-chain/core';
import pick from 'stream-json/filters/pick.js';
import parser from 'stream-json/parser.js';
import streamValues from 'stream-json/streamers/stream-values.js';
import { MAX_RECORD_BYTES } from '../../shared/chunks/split-records.ts';
import { permanent, transient } from '../../shared/errors.ts';
import { createTokenCheck } from './token-check.ts';

/** The City's feed has 32; PostgreSQL's tables, which CKAN keeps it in, have 1,600 columns at most. */
const MAX_FIELDS = 1_600;
const MAX_ERROR_LENGTH = 500;

/** One record of a document, or the number of records that the whole table has. */
export interface Part {
  readonly name: 'record' | 'total';
  readonly value: unknown;
}

/** Where the parts stand: in a dump at the top, in an answer of the API below `result`. */
const PART_PATH = /^(?:result\.)?(?:(fields|records)\.\d+|(total)|(error))$/;
const RECORDS_PATH = /^(?:result\.)?records$/;

/**
 * The records of one JSON document, as objects: a dump's lists get their names from its `fields`,
 * which have to come first, as CKAN writes them.
 *
 * @throws SyncError `feed_truncated` (transient) when the document ends early; `feed_malformed`
 * (permanent) when it is not JSON in UTF-8, has no list of records, or what createTokenCheck
 * refuses; `record_too_large` (permanent), since unlike an array's its records are held in memory;
 * `feed_refused` (permanent) when it holds an error of the API. `source` names the document in their
 * messages.
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
  /** What the parser has taken of a record that has not come out yet, a piece more or less. */
  let bytesHeld = 0;
  const decode = (bytes: Buffer): string => {
    if (bytesHeld > MAX_RECORD_BYTES) {
      const message = `${source} has a record of more than ${MAX_RECORD_BYTES} bytes, before byte ${bytesRead}`;
      throw permanent('record_too_large', message);
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
  // A chain flushes its functions in turn: `ended` is set just before the parser is told of the end.
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
      fields.push(String((value as { id?: unknown } | null)?.id));
      return null;
    }
    if (kind === 'total') return { name: 'total', value };
    if (kind === 'error') {
      const error = JSON.stringify(value).slice(0, MAX_ERROR_LENGTH);
      throw permanent('feed_refused', `${source} answered with an error: ${error}`);
    }
    if (!Array.isArray(value)) return { name: 'record', value };
    if (value.length !== fields.length) {
      const counts = `a record of ${value.length} values where ${fields.length} fields are known`;
      const hint = 'A dump has to name its fields before its records';
      throw permanent('feed_malformed', `${source} has ${counts}`, { hint });
    }
    return {
      name: 'record',
      value: Object.fromEntries(fields.map((field, i) => [field, value[i]])),
    };
  };
  // The functions of a chain run one token at a time, so `kind` is that of the value at hand.
  const parts = chain([
    Readable.from(text),
    decodeToEnd,
    parser(),
    createTokenCheck(source),
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

/** The parser's own complaints; whatever the network or the storage said passes as it is. */
function toFeedError(source: string, cause: unknown, ended: boolean): unknown {
  if (!(cause instanceof Error) || !cause.message.startsWith('Parser ')) return cause;
  const message = `${source} is not valid JSON: ${cause.message}`;
  return ended
    ? transient('feed_truncated', message, { cause })
    : permanent('feed_malformed', message, { cause });
}
