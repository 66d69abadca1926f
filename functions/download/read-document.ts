import { Readable } from 'node:stream';
import chain from 'stream-chain';
import { flushable, none } from 'stream-chain/core';
import pick from 'stream-json/filters/pick.js';
import parser from 'stream-json/parser.js';
import streamValues from 'stream-json/streamers/stream-values.js';
import { permanent, transient } from '../shared/errors.ts';

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
 * (permanent) when it is not JSON or has no list of records; `feed_refused` (permanent) when it
 * holds an error of the API. `source` names the document in their messages.
 */
export const readDocument = async function* (
  source: string,
  text: AsyncIterable<Buffer>,
): AsyncIterable<Part> {
  const fields: string[] = [];
  let kind = '';
  let sawRecords = false;
  let ended = false;
  // A chain flushes its functions in turn: `ended` is set just before the parser is told of the end.
  const noteEnd = flushable<string, string | typeof none>(
    (bytes) => bytes,
    () => {
      ended = true;
      return none;
    },
  );
  const toPart = ({ value }: { value: unknown }): Part | null => {
    if (kind === 'fields') {
      fields.push(String((value as { id?: unknown } | null)?.id));
      return null;
    }
    if (kind === 'total') return { name: 'total', value };
    if (kind === 'error') {
      throw permanent('feed_refused', `${source} answered with an error: ${JSON.stringify(value)}`);
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
    noteEnd,
    parser(),
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
};

/** The parser's own complaints; whatever the network or the storage said passes as it is. */
const toFeedError = (source: string, cause: unknown, ended: boolean): unknown => {
  if (!(cause instanceof Error) || !cause.message.startsWith('Parser ')) return cause;
  const message = `${source} is not valid JSON: ${cause.message}`;
  return ended
    ? transient('feed_truncated', message, { cause })
    : permanent('feed_malformed', message, { cause });
};
