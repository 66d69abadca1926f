import { describe, expect, test } from 'vitest';
import {
  expressionErrors,
  expressionRefusals,
  expressionResults,
  expressionVariables,
} from './testing/expression-rows.ts';
import { returnExpression, runSnippet } from './testing/run-snippet.ts';

function run(expression: string) {
  return runSnippet(returnExpression(expression, expressionVariables));
}

describe('an expression gives', () => {
  test.each(expressionResults)('%s → %s', async (expression, result) => {
    expect(await run(expression)).toMatchObject({ result });
  });
});

describe('an expression raises', () => {
  test.each(expressionErrors)('%s → %s', async (expression, tag) => {
    const { error } = await run(expression);
    expect(error).toMatchObject({ tags: [tag] });
    expect(Object.keys(error ?? {})).toEqual(['message', 'tags']);
  });
});

test("a bad 'in' has the service's message, with its step, routine and line", async () => {
  const source = [
    'main:',
    '  params: [input]',
    '  steps:',
    '    - checkSearchTermInInput:',
    '        switch:',
    `          - condition: \${"searchTerm" in input}`,
    '            return: true',
  ].join('\n');
  const { context, error } = await runSnippet(source);
  const message = "The argument of 'in' must be a dict or an array; got: null";
  expect(error).toEqual({ message, tags: ['TypeError'] });
  expect(context).toBe(`${message}\nin step "checkSearchTermInInput", routine "main", line: 6`);
});

describe('an expression is refused at load', () => {
  test.each(expressionRefusals)('%s', async (expression) => {
    expect((await run(expression)).refused).toContain('failed to build: error in step answer: ');
  });
});
