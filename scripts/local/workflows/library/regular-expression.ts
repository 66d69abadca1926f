import { RE2JS, RE2JSException } from 're2js';
import { createError } from '../errors/workflow-error.ts';

/** Positions in characters; the end is exclusive. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

export interface RegularExpression {
  /** The leftmost match, and of those the longest. */
  find(characters: readonly string[]): Match | undefined;
  /** All matches that do not overlap, from left to right. */
  findAll(characters: readonly string[]): readonly Match[];
}

/**
 * Compiles a regular expression of the RE2 dialect, of which none takes more than linear time.
 *
 * @returns What finds its matches in a text.
 * @throws A ValueError for what RE2 refuses.
 */
export function compileRegularExpression(source: string): RegularExpression {
  const expression = compileSource(source);
  return {
    find: (characters) => findMatches(expression, characters).next().value,
    findAll: (characters) => [...findMatches(expression, characters)],
  };
}

function compileSource(source: string): RE2JS {
  try {
    return RE2JS.compile(source, RE2JS.LONGEST_MATCH);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw createError('ValueError', `invalid regular expression '${source}': ${error.message}`);
  }
}

function* findMatches(
  expression: RE2JS,
  characters: readonly string[],
): Generator<Match, undefined> {
  const matcher = expression.matcher(characters.join(''));
  let units = 0;
  let at = 0;
  // RE2JS counts UTF-16 units, of which a character has one or two.
  const moveTo = (unit: number): number => {
    for (; units < unit; at += 1) units += characters[at]?.length ?? 1;
    return at;
  };
  let previousEnd: number | undefined;
  while (matcher.find()) {
    const start = moveTo(matcher.start());
    const end = moveTo(matcher.end());
    // In RE2, an empty match right after the previous one does not count.
    if (end > start || start !== previousEnd) yield { start, end };
    previousEnd = end;
  }
}
