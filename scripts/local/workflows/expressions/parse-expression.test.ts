import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createError, WorkflowError } from '../errors/workflow-error.ts';
import { mapOf, type Value } from '../values/value.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import { parseExpression } from './parse-expression.ts';
import { ExpressionSyntaxError } from './tokenize.ts';

const operand = fc.constantFrom(
  ...['1', '0', '-1', '9223372036854775807', '1.5', '1e308', '"a"', "'b'", 'true', 'FALSE'],
  ...['null', 'i', 'd', 's', 'l', 'm', 'm.a', 'm["a"]', 'l[0]', 'l[9]', '[]', '[1, "a"]'],
);
const operator = fc.constantFrom(
  ...['+', '-', '*', '/', '//', '%', '==', '!=', '<', '<=', '>', '>=', 'in', 'and', 'or'],
);
const token = fc.oneof(
  operand,
  operator,
  fc.constantFrom('not', 'NOT', '(', ')', '[', ']', '.', ',', ' ', 'f(', '"', "'", '\\', '$', '{'),
  fc.string({ maxLength: 3 }),
);

const variables: ReadonlyMap<string, Value> = mapOf([
  ['i', 7n],
  ['d', 2.5],
  ['s', 'text'],
  ['l', [1n, 'a', null]],
  ['m', mapOf([['a', 1n]])],
]);

function evaluate(text: string): Value {
  const value = evaluateExpression(parseExpression(text), {
    readVariable: (name) => variables.get(name),
    readConstant: () => undefined,
    callFunction: (name) => {
      throw createError('SystemError', `no function ${name}`);
    },
  });
  if (value instanceof Promise) throw new Error('nothing here waits');
  return value;
}

test('any sequence of tokens gives a value, a syntax error or a WorkflowError', () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      try {
        evaluate(tokens.join(' '));
      } catch (error) {
        if (error instanceof ExpressionSyntaxError) return;
        expect(error).toBeInstanceOf(WorkflowError);
      }
    }),
    { numRuns: 5000, seed: 3 },
  );
});

test('operands with operators between them always parse, and all their errors have tags', () => {
  const expression = fc
    .tuple(operand, fc.array(fc.tuple(operator, operand), { maxLength: 6 }))
    .map(([first, rest]) => [first, ...rest.flat()].join(' '));
  fc.assert(
    fc.property(expression, (text) => {
      expect(() => parseExpression(text)).not.toThrow();
      try {
        evaluate(text);
      } catch (error) {
        expect(error).toBeInstanceOf(WorkflowError);
      }
    }),
    { numRuns: 3000, seed: 5 },
  );
});

test('parentheses around a subexpression that binds tighter change nothing', () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(99), fc.nat(99), fc.integer({ min: 1, max: 99 })), ([a, b, c]) => {
      for (const tight of ['*', '//', '%']) {
        expect(evaluate(`${a} + ${b} ${tight} ${c}`)).toBe(evaluate(`${a} + (${b} ${tight} ${c})`));
        expect(evaluate(`${a} - ${b} < ${c} ${tight} 2`)).toBe(
          evaluate(`(${a} - ${b}) < (${c} ${tight} 2)`),
        );
      }
      expect(evaluate(`${a} - ${b} - ${c}`)).toBe(BigInt(a - b - c));
    }),
    { seed: 9 },
  );
});

test('400 consecutive signs are parsed', () => {
  expect(evaluate(`${'-'.repeat(399)}1`)).toBe(-1n);
  expect(evaluate(`${'('.repeat(199)}1${')'.repeat(199)}`)).toBe(1n);
  expect(() => evaluate('['.repeat(400))).toThrow(ExpressionSyntaxError);
});
