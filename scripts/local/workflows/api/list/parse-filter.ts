import { ApiError } from '../../errors/api-error.ts';
import { createComparison } from './create-comparison.ts';
import type { Fields } from './field.ts';
import { type FilterToken, tokenizeFilter } from './tokenize-filter.ts';

type Test<Item> = (item: Item) => boolean;

/**
 * Parses an AIP-160 filter: comparisons, AND, OR (which binds tighter), NOT or `-`, parentheses.
 * Functions and searches without a field are not supported.
 *
 * @throws ApiError
 */
export function parseFilter<Item>(filter: string, fields: Fields<Item>): Test<Item> {
  const tokens = tokenizeFilter(filter);
  let at = 0;

  const peek = (): FilterToken | undefined => tokens[at];
  const isWord = (...words: readonly string[]) => {
    const token = peek();
    return token?.kind === 'word' && words.includes(token.text);
  };
  const isParen = (text: '(' | ')') => {
    const token = peek();
    return token?.kind === 'paren' && token.text === text;
  };
  const take = (): FilterToken | undefined => {
    at += 1;
    return tokens[at - 1];
  };

  // Adjacent factors are joined by an implicit AND.
  function parseExpression(): Test<Item> {
    const tests = [parseFactor()];
    while (peek() !== undefined && !isParen(')')) {
      if (isWord('AND')) take();
      tests.push(parseFactor());
    }
    return (item) => tests.every((test) => test(item));
  }

  function parseFactor(): Test<Item> {
    const tests = [parseTerm()];
    while (isWord('OR')) {
      take();
      tests.push(parseTerm());
    }
    return (item) => tests.some((test) => test(item));
  }

  function parseTerm(): Test<Item> {
    if (isWord('NOT', '-')) {
      take();
      return negate(parseSimple());
    }
    const token = peek();
    if (token?.kind !== 'word' || !token.text.startsWith('-')) return parseSimple();
    take();
    return negate(parseComparison(token.text.slice(1)));
  }

  function parseSimple(): Test<Item> {
    if (!isParen('(')) {
      const token = take();
      return parseComparison(token?.kind === 'word' ? token.text : undefined);
    }
    take();
    const inner = parseExpression();
    if (!isParen(')')) throw refuse();
    take();
    return inner;
  }

  function parseComparison(path: string | undefined): Test<Item> {
    const operator = take();
    const value = take();
    const isWhole =
      path !== undefined &&
      operator?.kind === 'operator' &&
      (value?.kind === 'word' || value?.kind === 'string');
    if (!isWhole) throw refuse();
    return createComparison({ path, operator: operator.text, value: value.text, fields });
  }

  const refuse = () => new ApiError('INVALID_ARGUMENT', `invalid filter: ${filter}`);
  const test = parseExpression();
  if (peek() !== undefined) throw refuse();
  return test;
}

function negate<Item>(test: Test<Item>): Test<Item> {
  return (item) => !test(item);
}
