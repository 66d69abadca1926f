import type { Token } from 'stream-json/parser.js';
import { permanent } from '../../shared/errors.ts';

/** A dump's records stand on the second level, those of datastore_search on the third. */
const MAX_DEPTH = 100;

/**
 * Passes on the tokens of one document, as long as its values can be written out again as they
 * were.
 *
 * @returns a filter that throws SyncError `feed_malformed` (permanent) for a document nested deeper
 * than 100 levels, and for a number that no double can hold, which would be written as null.
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
