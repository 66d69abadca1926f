import type { Token } from 'stream-json/parser.js';
import { permanent } from '../../shared/errors.ts';

/** The records of a dump are on the second level, those of datastore_search on the third. */
const MAX_DEPTH = 100;

/** A token for stream-json's streamers, which store the value of a `stringValue` as it is. */
export type ExactToken = Token | { readonly name: 'stringValue'; readonly value: unknown };

/**
 * Creates a filter for the tokens of one document that keeps numbers as they are written: as the
 * raw JSON that JSON.stringify copies, because parsing could change them.
 *
 * @returns the filter; it throws SyncError `feed_malformed` (permanent) if the document is nested
 * deeper than 100 levels, which could not be written out again.
 */
export function createTokenFilter(source: string): (token: Token) => ExactToken {
  let depth = 0;
  return (token) => {
    const { name } = token;
    if (name === 'startObject' || name === 'startArray') depth += 1;
    if (name === 'endObject' || name === 'endArray') depth -= 1;
    if (depth > MAX_DEPTH) {
      throw permanent('feed_malformed', `${source} is nested deeper than ${MAX_DEPTH} levels`);
    }
    if (token.name !== 'numberValue') return token;
    return { name: 'stringValue', value: JSON.rawJSON(token.value) };
  };
}
