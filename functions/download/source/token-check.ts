import type { Token } from 'stream-json/parser.js';
import { permanent } from '../../shared/errors.ts';

/** The records of a dump are on the second level, those of datastore_search on the third. */
const MAX_DEPTH = 100;

/**
 * Creates a filter that passes the tokens of one document unchanged, as long as its values can be
 * written out again without loss.
 *
 * @returns the filter; it throws SyncError `feed_malformed` (permanent) if the document is nested
 * deeper than 100 levels, or has a number beyond a double's range, which would be written as null.
 */
export function createTokenCheck(source: string): (token: Token) => Token {
  let depth = 0;
  return (token) => {
    const { name } = token;
    if (name === 'startObject' || name === 'startArray') depth += 1;
    if (name === 'endObject' || name === 'endArray') depth -= 1;
    if (depth > MAX_DEPTH) {
      throw permanent('feed_malformed', `${source} is nested deeper than ${MAX_DEPTH} levels`);
    }
    if (token.name === 'numberValue' && !Number.isFinite(Number(token.value))) {
      const number = token.value.slice(0, 20);
      throw permanent('feed_malformed', `${source} has a number that is out of range: ${number}`);
    }
    return token;
  };
}
