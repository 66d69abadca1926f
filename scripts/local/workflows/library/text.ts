import { createError } from '../errors/workflow-error.ts';
import { type MapValue, mapOf } from '../values/value.ts';
import { decodeText, encodeText } from './charset.ts';
import { expectBytes, expectInteger, expectString } from './expect-argument.ts';
import { defineFunction } from './library-function.ts';
import { compileRegularExpression } from './regular-expression.ts';

/** Positions count characters (Unicode code points), as `len` does. */
export const textFunctions = [
  defineFunction('text.decode(data, charset?)', ([data, charset = 'UTF-8']) =>
    decodeText(expectBytes(data, 'data'), expectString(charset, 'charset')),
  ),
  defineFunction('text.encode(text, charset?)', ([text, charset = 'UTF-8']) =>
    encodeText(expectString(text, 'text'), expectString(charset, 'charset')),
  ),
  defineFunction('text.find_all(source, substr)', ([source, substr]) =>
    findAll(expectString(source, 'source'), expectString(substr, 'substr')),
  ),
  defineFunction('text.find_all_regex(source, regexp)', ([source, regexp]) =>
    findMatches(expectString(source, 'source'), expectString(regexp, 'regexp')),
  ),
  defineFunction('text.match_regex(source, regexp)', ([source, regexp]) => {
    const characters = [...expectString(source, 'source')];
    return compileRegularExpression(expectString(regexp, 'regexp')).find(characters) !== undefined;
  }),
  defineFunction('text.replace_all(source, substr, repl)', ([source, substr, repl]) =>
    replaceAll(
      expectString(source, 'source'),
      expectString(substr, 'substr'),
      expectString(repl, 'repl'),
    ),
  ),
  defineFunction('text.replace_all_regex(source, regexp, repl)', ([source, regexp, repl]) =>
    replaceMatches(
      expectString(source, 'source'),
      expectString(regexp, 'regexp'),
      expectString(repl, 'repl'),
    ),
  ),
  defineFunction('text.split(source, separator)', ([source, separator]) =>
    expectString(source, 'source').split(expectString(separator, 'separator')),
  ),
  defineFunction('text.substring(source, start, end)', ([source, start, end]) =>
    cut(expectString(source, 'source'), expectInteger(start, 'start'), expectInteger(end, 'end')),
  ),
  defineFunction('text.to_lower(source)', ([source]) =>
    expectString(source, 'source').toLowerCase(),
  ),
  defineFunction('text.to_upper(source)', ([source]) =>
    expectString(source, 'source').toUpperCase(),
  ),
  defineFunction('text.url_decode(source)', ([source]) =>
    urlDecode(expectString(source, 'source')),
  ),
  defineFunction('text.url_encode(source)', ([source]) =>
    urlEncode(expectString(source, 'source')),
  ),
  defineFunction('text.url_encode_plus(source)', ([source]) =>
    urlEncode(expectString(source, 'source')).replaceAll('%20', '+'),
  ),
];

function findAll(source: string, substr: string): readonly bigint[] {
  if (substr === '') throw createError('ValueError', 'substr must not be empty');
  const found: bigint[] = [];
  for (
    let at = source.indexOf(substr);
    at !== -1;
    at = source.indexOf(substr, at + substr.length)
  ) {
    found.push(BigInt([...source.slice(0, at)].length));
  }
  return found;
}

function findMatches(source: string, regexp: string): readonly MapValue[] {
  const characters = [...source];
  return compileRegularExpression(regexp)
    .findAll(characters)
    .map(({ start, end }) =>
      mapOf([
        ['index', BigInt(start)],
        ['match', characters.slice(start, end).join('')],
      ]),
    );
}

function replaceAll(source: string, substr: string, repl: string): string {
  if (substr === '') throw createError('ValueError', 'substr must not be empty');
  return source.split(substr).join(repl);
}

function replaceMatches(source: string, regexp: string, repl: string): string {
  const characters = [...source];
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of compileRegularExpression(regexp).findAll(characters)) {
    parts.push(characters.slice(at, start).join(''), repl);
    at = end;
  }
  return [...parts, characters.slice(at).join('')].join('');
}

// Beyond the text's end there is nothing, which is no error: Google's samples cut to a fixed
// length.
function cut(source: string, start: bigint, end: bigint): string {
  // UNCONFIRMED for these two.
  if (start < 0n || end < start) {
    throw createError('IndexError', `cannot cut from ${start} to ${end}`);
  }
  return [...source].slice(Number(start), Number(end)).join('');
}

function urlEncode(source: string): string {
  // encodeURIComponent leaves these alone; percent-encoding reserves them.
  return encodeURIComponent(source).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function urlDecode(source: string): string {
  try {
    return decodeURIComponent(source.replaceAll('+', ' '));
  } catch {
    throw createError('ValueError', `'${source}' is not valid percent-encoding`);
  }
}
