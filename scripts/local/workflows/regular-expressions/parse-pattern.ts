import {
  type CharacterTest,
  findPosixClass,
  findUnicodeClass,
  matchCharacter,
  matchRange,
  not,
  PERL_CLASSES,
} from './character-class.ts';
import { type Assertion, type Pattern, PatternSyntaxError } from './pattern.ts';

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

const LARGEST_COUNT = 1000;
const NAMED_CHARACTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: 'text-start',
  z: 'text-end',
  b: 'word-boundary',
  B: 'no-word-boundary',
};

/** Parses a regular expression of the RE2 dialect. Throws PatternSyntaxError for what RE2 refuses. */
export function parsePattern(source: string): Pattern {
  const characters = [...source];
  let at = 0;

  const startsWith = (text: string) => characters.slice(at, at + text.length).join('') === text;
  const accept = (text: string): boolean => {
    if (!startsWith(text)) return false;
    at += text.length;
    return true;
  };
  const take = (): string => {
    const character = characters[at];
    if (character === undefined) throw new PatternSyntaxError('unexpected end of expression');
    at += 1;
    return character;
  };
  const takeMatch = (expression: RegExp): string | undefined => {
    const found = expression.exec(characters.slice(at).join(''))?.[0];
    if (found !== undefined) at += [...found].length;
    return found;
  };

  function parseChoice(start: Flags): Pattern {
    let flags = start;
    const options: Pattern[] = [];
    let parts: Pattern[] = [];
    while (at < characters.length && !startsWith(')')) {
      if (accept('|')) {
        options.push({ kind: 'sequence', parts });
        parts = [];
        continue;
      }
      const change = takeMatch(/^\(\?[imsU-]+\)/);
      if (change !== undefined) flags = changeFlags(flags, change.slice(2, -1));
      else parts.push(parseRepeats(parseAtom(flags)));
    }
    options.push({ kind: 'sequence', parts });
    return { kind: 'choice', options };
  }

  function parseRepeats(part: Pattern): Pattern {
    const operator = takeMatch(/^(?:[*+?]|\{\d+(?:,\d*)?\})/);
    if (operator === undefined) return part;
    // A question mark after it only asks for less; matches here are always the longest.
    accept('?');
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(characters.slice(at).join(''))) {
      throw new PatternSyntaxError(`bad repetition operator: ${operator}${characters[at]}`);
    }
    const [minimum, maximum] = readCounts(operator);
    return { kind: 'repeat', part, minimum, maximum };
  }

  function parseAtom(flags: Flags): Pattern {
    if (startsWith('(')) return parseGroup(flags);
    if (accept('[')) return { kind: 'character', matches: parseClass(flags) };
    const character = take();
    switch (character) {
      case '.':
        return { kind: 'character', matches: (other) => flags.s || other !== '\n' };
      case '^':
        return { kind: 'assertion', assertion: flags.m ? 'line-start' : 'text-start' };
      case '$':
        return { kind: 'assertion', assertion: flags.m ? 'line-end' : 'text-end' };
      case '*':
      case '+':
      case '?':
        throw new PatternSyntaxError(`missing argument to repetition operator: ${character}`);
      case '\\':
        return parseEscape(flags);
      default:
        return { kind: 'character', matches: matchCharacter(character, flags.i) };
    }
  }

  function parseGroup(outer: Flags): Pattern {
    const opening = takeMatch(/^\((?:\?(?:P?<[A-Za-z_]\w*>|[imsU-]*:))?/);
    if (opening === undefined || startsWith('?')) {
      throw new PatternSyntaxError(
        `invalid or unsupported Perl syntax: (${characters.slice(at, at + 3).join('')}`,
      );
    }
    const flags = /^\(\?[imsU-]+:$/.test(opening)
      ? changeFlags(outer, opening.slice(2, -1))
      : outer;
    const inner = parseChoice(flags);
    if (!accept(')')) throw new PatternSyntaxError('missing closing )');
    return inner;
  }

  function parseEscape(flags: Flags): Pattern {
    const assertion = ASSERTIONS[characters[at] ?? ''];
    if (assertion !== undefined) {
      at += 1;
      return { kind: 'assertion', assertion };
    }
    if (accept('Q')) {
      const text = takeMatch(/^[\s\S]*?(?=\\E|$)/) ?? '';
      accept('\\E');
      const parts = [...text].map(
        (character): Pattern => ({
          kind: 'character',
          matches: matchCharacter(character, flags.i),
        }),
      );
      return { kind: 'sequence', parts };
    }
    return {
      kind: 'character',
      matches: parseEscapedClass() ?? matchCharacter(parseEscapedCharacter(), flags.i),
    };
  }

  function parseEscapedClass(): CharacterTest | undefined {
    const perl = PERL_CLASSES[characters[at] ?? ''];
    if (perl !== undefined) {
      at += 1;
      return perl;
    }
    const property = takeMatch(/^[pP](?:\{\^?\w+\}|\w)/);
    if (property === undefined) return undefined;
    return findUnicodeClass(property.slice(1).replace(/[{}]/g, ''), property.startsWith('P'));
  }

  function parseEscapedCharacter(): string {
    const hex = takeMatch(/^x(?:\{[0-9A-Fa-f]{1,6}\}|[0-9A-Fa-f]{2})/);
    if (hex !== undefined) return fromCodePoint(Number.parseInt(hex.replace(/[x{}]/g, ''), 16));
    const octal = takeMatch(/^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/);
    if (octal !== undefined) return fromCodePoint(Number.parseInt(octal, 8));
    const character = take();
    const named = NAMED_CHARACTERS[character];
    if (named !== undefined) return named;
    // Back-references, \Z and the rest of Perl: what RE2 does not know, it refuses.
    if (/^[A-Za-z0-9]$/.test(character)) {
      throw new PatternSyntaxError(`invalid escape sequence: \\${character}`);
    }
    return character;
  }

  function parseClass(flags: Flags): CharacterTest {
    const isNegated = accept('^');
    const tests: CharacterTest[] = [];
    let isFirst = true;
    while (isFirst || !startsWith(']')) {
      isFirst = false;
      const posix = takeMatch(/^\[:\^?\w+:\]/);
      tests.push(posix === undefined ? parseClassItem(flags) : findPosixClass(posix.slice(2, -2)));
    }
    accept(']');
    const matches: CharacterTest = (character) => tests.some((matchesOne) => matchesOne(character));
    return isNegated ? not(matches) : matches;
  }

  function parseClassItem(flags: Flags): CharacterTest {
    if (accept('\\')) {
      const escaped = parseEscapedClass();
      if (escaped !== undefined) return escaped;
      return parseRange(parseEscapedCharacter(), flags);
    }
    return parseRange(take(), flags);
  }

  function parseRange(first: string, flags: Flags): CharacterTest {
    if (!startsWith('-') || characters[at + 1] === ']' || characters[at + 1] === undefined) {
      return matchCharacter(first, flags.i);
    }
    at += 1;
    const last = accept('\\') ? parseEscapedCharacter() : take();
    return matchRange(first, last, flags.i);
  }

  const pattern = parseChoice({ i: false, m: false, s: false });
  if (at < characters.length) throw new PatternSyntaxError('unexpected )');
  return pattern;
}

function changeFlags(flags: Flags, text: string): Flags {
  const [on = '', off = ''] = text.split('-');
  return {
    i: (flags.i || on.includes('i')) && !off.includes('i'),
    m: (flags.m || on.includes('m')) && !off.includes('m'),
    s: (flags.s || on.includes('s')) && !off.includes('s'),
  };
}

function readCounts(operator: string): [minimum: number, maximum: number] {
  if (operator === '*') return [0, Number.POSITIVE_INFINITY];
  if (operator === '+') return [1, Number.POSITIVE_INFINITY];
  if (operator === '?') return [0, 1];
  const [low = '0', high] = operator.slice(1, -1).split(',');
  const minimum = Number(low);
  const maximum =
    high === undefined ? minimum : high === '' ? Number.POSITIVE_INFINITY : Number(high);
  const largest = Number.isFinite(maximum) ? maximum : minimum;
  if (minimum > maximum || largest > LARGEST_COUNT) {
    throw new PatternSyntaxError(`invalid repetition size: ${operator}`);
  }
  return [minimum, maximum];
}

function fromCodePoint(point: number): string {
  if (point > 0x10ffff) throw new PatternSyntaxError('invalid escape sequence');
  return String.fromCodePoint(point);
}
