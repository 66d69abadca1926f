import { isInt64 } from '../values/integer-range.ts';

export type Token =
  | { readonly kind: 'integer'; readonly value: bigint; readonly at: number }
  | { readonly kind: 'double'; readonly value: number; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

/** A syntax error; `at` counts characters from the beginning of the expression. */
export class ExpressionSyntaxError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.name = 'ExpressionSyntaxError';
    this.at = at;
  }
}

const SPACE = /\s+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SYMBOL = /\/\/|==|!=|<=|>=|[-+*/%<>()[\].,]/y;
const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '/': '/',
};

/**
 * Splits an expression, without its `${` and `}`, into tokens.
 *
 * @throws ExpressionSyntaxError
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < text.length) {
    if (take(SPACE) !== undefined) continue;
    const start = at;
    const name = take(NAME);
    if (name !== undefined) {
      tokens.push({ kind: 'name', text: name, at: start });
      continue;
    }
    const number = take(NUMBER);
    if (number !== undefined) {
      tokens.push(readNumber(number, start));
      continue;
    }
    const string = take(STRING);
    if (string !== undefined) {
      tokens.push({ kind: 'string', value: unescapeString(string, start), at: start });
      continue;
    }
    const symbol = take(SYMBOL);
    if (symbol === undefined) {
      throw new ExpressionSyntaxError(
        `token recognition error at: '${text.slice(at, at + 20)}'`,
        at,
      );
    }
    tokens.push({ kind: 'symbol', text: symbol, at: start });
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function readNumber(text: string, at: number): Token {
  if (!/^\d+$/.test(text)) return { kind: 'double', value: Number(text), at };
  const value = BigInt(text);
  // Accept one more than the largest: `-9223372036854775808` is a minus sign and this number.
  if (!isInt64(value) && !isInt64(-value)) {
    throw new ExpressionSyntaxError(`integer ${text} does not fit 64 bits`, at);
  }
  return { kind: 'integer', value, at };
}

function unescapeString(literal: string, at: number): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_all, hex, character) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      const plain = ESCAPES[character];
      if (plain === undefined) {
        throw new ExpressionSyntaxError(`unknown escape sequence \\${character}`, at);
      }
      return plain;
    });
}
