import { PatternSyntaxError } from './pattern.ts';

export type CharacterTest = (character: string) => boolean;

function test(expression: RegExp): CharacterTest {
  return (character) => expression.test(character);
}

const DIGIT = test(/^[0-9]$/);
const SPACE = test(/^[\t\n\f\r ]$/);
const WORD = test(/^[0-9A-Za-z_]$/);

/** `\d` and the like. In RE2 they are ASCII. */
export const PERL_CLASSES: Readonly<Record<string, CharacterTest>> = {
  d: DIGIT,
  D: not(DIGIT),
  s: SPACE,
  S: not(SPACE),
  w: WORD,
  W: not(WORD),
};

const POSIX_CLASSES: Readonly<Record<string, CharacterTest>> = {
  alnum: test(/^[0-9A-Za-z]$/),
  alpha: test(/^[A-Za-z]$/),
  ascii: (character) => (character.codePointAt(0) ?? 0) < 0x80,
  blank: test(/^[\t ]$/),
  cntrl: (character) => (character.codePointAt(0) ?? 0) < 0x20 || character === '\x7f',
  digit: DIGIT,
  graph: test(/^[!-~]$/),
  lower: test(/^[a-z]$/),
  print: test(/^[ -~]$/),
  punct: test(/^[!-/:-@[-`{-~]$/),
  space: test(/^[\t\n\v\f\r ]$/),
  upper: test(/^[A-Z]$/),
  word: WORD,
  xdigit: test(/^[0-9A-Fa-f]$/),
};

/** `[:alpha:]`, `[:^alpha:]`. Throws PatternSyntaxError. */
export function findPosixClass(name: string): CharacterTest {
  const isNegated = name.startsWith('^');
  const found = POSIX_CLASSES[isNegated ? name.slice(1) : name];
  if (found === undefined) {
    throw new PatternSyntaxError(`invalid character class range: [:${name}:]`);
  }
  return isNegated ? not(found) : found;
}

/** `\pL`, `\p{Greek}`: a general category or a script. Throws PatternSyntaxError. */
export function findUnicodeClass(name: string, isNegated: boolean): CharacterTest {
  const isInverted = name.startsWith('^');
  const bare = isInverted ? name.slice(1) : name;
  const expression = compileProperty(bare) ?? compileProperty(`Script=${bare}`);
  if (expression === undefined || !/^[A-Za-z_]+$/.test(bare)) {
    throw new PatternSyntaxError(`invalid character class range: \\p{${name}}`);
  }
  return isNegated === isInverted ? test(expression) : not(test(expression));
}

/** Matches one character, or, ignoring case, its other forms too. */
export function matchCharacter(wanted: string, ignoresCase: boolean): CharacterTest {
  if (!ignoresCase) return (character) => character === wanted;
  const folded = wanted.toLowerCase();
  return (character) => character.toLowerCase() === folded;
}

/** Matches a range of code points, both ends included. */
export function matchRange(first: string, last: string, ignoresCase: boolean): CharacterTest {
  const from = first.codePointAt(0) ?? 0;
  const to = last.codePointAt(0) ?? 0;
  if (from > to) throw new PatternSyntaxError(`invalid character class range: ${first}-${last}`);
  const isWithin: CharacterTest = (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point >= from && point <= to;
  };
  if (!ignoresCase) return isWithin;
  return (character) =>
    isWithin(character) || isWithin(character.toLowerCase()) || isWithin(character.toUpperCase());
}

/** The opposite test. */
export function not(inner: CharacterTest): CharacterTest {
  return (character) => !inner(character);
}

function compileProperty(name: string): RegExp | undefined {
  try {
    return new RegExp(`^\\p{${name}}$`, 'u');
  } catch {
    return undefined;
  }
}
