import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegularExpression } from './regular-expression.ts';

function findAll(pattern: string, text: string) {
  const characters = [...text];
  return compileRegularExpression(pattern)
    .findAll(characters)
    .map(({ start, end }) => characters.slice(start, end).join(''));
}

describe('a regular expression finds', () => {
  test.each([
    ['a|ab', 'ab', ['ab']],
    ['(a|ab)(c|bcd)', 'abcd', ['abcd']],
    ['a*', 'baac', ['', 'aa', '']],
    ['a+?', 'aaa', ['aaa']],
    ['a{2}', 'aaaaa', ['aa', 'aa']],
    ['a{2,}', 'aaaaa', ['aaaaa']],
    ['a{1,2}', 'aaa', ['aa', 'a']],
    ['^a|b$', 'ab', ['a', 'b']],
    ['(?m)^b', 'a\nb', ['b']],
    ['(?i)AB', 'aB', ['aB']],
    ['(?i:a)b', 'Ab AB', ['Ab']],
    ['a.c', 'a\nc abc', ['abc']],
    ['(?s)a.c', 'a\nc', ['a\nc']],
    ['[a-c]+', 'xabcx', ['abc']],
    ['[^a-c]+', 'abxy', ['xy']],
    ['[]x]+', 'a]x', [']x']],
    ['[a-]+', 'a-b', ['a-']],
    ['[[:digit:]]+', 'a12', ['12']],
    ['\\d+\\D', '12a', ['12a']],
    ['\\bfoo\\b', 'foo food', ['foo']],
    ['\\pL+', 'aé1', ['aé']],
    ['\\p{Greek}', 'aβ', ['β']],
    ['\\x41\\x{42}', 'AB', ['AB']],
    ['\\Qa.b\\E', 'a.b axb', ['a.b']],
    ['(?P<year>\\d{4})', 'in 2026', ['2026']],
    ['\\Aa', 'aa', ['a']],
    ['😀+', 'a😀😀', ['😀😀']],
    ['x', '', []],
  ])('%s in %j', (pattern, text, matches) => {
    expect(findAll(pattern, text)).toEqual(matches);
  });
});

describe('what RE2 refuses is refused:', () => {
  test.each([
    '(',
    ')',
    '[a',
    'a**',
    '*a',
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    '(?>a)',
    '(a)\\1',
    '\\Z',
    'a{1001}',
    'a{2,1}',
    '[b-a]',
    '[[:none:]]',
    '\\p{None}',
    '\\',
  ])('%s', (pattern) => {
    expect(() => compileRegularExpression(pattern)).toThrow('invalid regular expression');
  });
});

test('a pattern that makes a backtracking engine hang is linear', () => {
  const text = [...'a'.repeat(5000)];
  expect(compileRegularExpression('(a*)*b').find(text)).toBeUndefined();
});

test('any pattern is an automaton or a ValueError, and none takes long', () => {
  const part = fc.constantFrom(
    ...['a', 'b', '.', '^', '$', '|', '(', ')', '[', ']', '[^', '-', '*', '+', '?', '{2,3}', '{'],
    ...[
      '\\d',
      '\\w',
      '\\b',
      '\\',
      '\\x41',
      '\\p{L}',
      '[:alpha:]',
      '(?i)',
      '(?:',
      '(?P<n>',
      '\\1',
      '(?=',
    ],
  );
  const text = [...'aab-ba.1 A'.repeat(20)];
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      try {
        compileRegularExpression(parts.join('')).findAll(text);
      } catch (error) {
        expect(error).toMatchObject({ name: 'WorkflowError' });
      }
    }),
    { numRuns: 1500, seed: 13 },
  );
});
