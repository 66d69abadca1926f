import { ApiError } from '../../errors/api-error.ts';

export type FilterToken =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: string }
  | { readonly kind: 'paren'; readonly text: '(' | ')' };

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(!=|>=|<=|=|:|>|<)|([()])|(\d{4}-\d\d-\d\dT[\d:.Z+-]+|[^\s()"'=!<>:]+))/y;

/**
 * Splits an AIP-160 filter into tokens.
 *
 * @throws ApiError
 */
export function tokenizeFilter(filter: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  const text = filter.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const [, quoted, operator, paren, word] = TOKEN.exec(text) ?? [];
    if (quoted !== undefined) {
      tokens.push({ kind: 'string', text: quoted.slice(1, -1).replace(/\\(.)/g, '$1') });
    } else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator });
    else if (paren === '(' || paren === ')') tokens.push({ kind: 'paren', text: paren });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else throw new ApiError('INVALID_ARGUMENT', `invalid filter at '${text.slice(at)}'`);
  }
  return tokens;
}
