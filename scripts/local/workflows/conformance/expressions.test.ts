import { describe, expect, test } from 'vitest';
import { returnExpression, runSnippet } from './run-snippet.ts';

const VARIABLES = [
  'i: 7',
  'd: 2.5',
  's: "text"',
  't: true',
  'n: null',
  'l: [10, 20, 30]',
  'm: {a: 1, "special!key": 2, deep: {b: [5]}}',
];

const run = (expression: string) => runSnippet(returnExpression(expression, VARIABLES));

describe('an expression gives', () => {
  test.each([
    // literals
    ['1', '1'],
    ['1.0', '1.0'],
    ['-3', '-3'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['1.5e3', '1500.0'],
    ['"a\\"b\\n"', '"a\\"b\\n"'],
    ["'single'", '"single"'],
    ['true', 'true'],
    ['True', 'true'],
    ['FALSE', 'false'],
    ['null', 'null'],
    ['[1, "x", i]', '[1,"x",7]'],
    ['[]', '[]'],
    // arithmetic
    ['1 + 2', '3'],
    ['1 + 2.0', '3.0'],
    ['5 - 7', '-2'],
    ['3 * 4', '12'],
    ['27*9/5+32', '80.6'],
    ['4 / 2', '2.0'],
    ['7 // 2', '3'],
    ['-7 // 2', '-4'],
    ['7.5 // 2', '3.0'],
    ['7 % 3', '1'],
    ['7.5 % 2', '1.5'],
    ['-i', '-7'],
    ['9007199254740993 + 0', '9007199254740993'],
    // the + table of mixed types
    ['"str" + 5', '"str5"'],
    ['5 + "str"', '"5str"'],
    ['"a" + 1.5', '"a1.5"'],
    ['"a" + true', '"atrue"'],
    ['"a" + "b"', '"ab"'],
    // precedence
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['10 - 2 - 3', '5'],
    ['2 * 3 % 4', '2'],
    ['1 + 1 == 2', 'true'],
    ['true or false and false', 'true'],
    ['not true or true', 'true'],
    ['not(2 in l)', 'true'],
    ['-2 + 3', '1'],
    // comparison
    ['1 < 2', 'true'],
    ['2 <= 2', 'true'],
    ['2 > 2.5', 'false'],
    ['3 >= 2.5', 'true'],
    ['"a" < "b"', 'true'],
    ['1 == 1.0', 'true'],
    ['1 != 2', 'true'],
    ['"a" == "a"', 'true'],
    ['n == null', 'true'],
    ['i == null', 'false'],
    ['null != s', 'true'],
    ['l == [10, 20, 30]', 'true'],
    // logic
    ['t and not false', 'true'],
    ['true AND (false OR true)', 'true'],
    ['NOT t', 'false'],
    ['false and 1 / 0 == 1', 'false'],
    ['true or 1 / 0 == 1', 'true'],
    // in
    ['"a" in m', 'true'],
    ['"z" in m', 'false'],
    ['20 in l', 'true'],
    // access
    ['m.a', '1'],
    ['m["special!key"]', '2'],
    ['m.deep.b[0]', '5'],
    ['l[1 + 1]', '30'],
    ['l[i - 7]', '10'],
    // helpers
    ['default(n, 3)', '3'],
    ['default(i, 3)', '7'],
    ['if(t, "yes", "no")', '"yes"'],
    ['if(null, "yes", "no")', '"no"'],
    ['len(l)', '3'],
    ['len(m)', '3'],
    ['len("héé")', '3'],
    ['keys(m)', '["a","special!key","deep"]'],
    ['int("42")', '42'],
    ['int(2.7)', '2'],
    ['double("2.5")', '2.5'],
    ['double(2)', '2.0'],
    ['string(1.5)', '"1.5"'],
    ['string(true)', '"true"'],
    ['get_type(i)', '"integer"'],
    ['get_type(d)', '"double"'],
    ['get_type(s)', '"string"'],
    ['get_type(t)', '"boolean"'],
    ['get_type(n)', '"null"'],
    ['get_type(l)', '"list"'],
    ['get_type(m)', '"map"'],
    ['get_type(text.encode("x"))', '"bytes"'],
  ])('%s → %s', async (expression, result) => {
    expect(await run(expression)).toMatchObject({ result });
  });
});

describe('an expression raises', () => {
  test.each([
    ['1 / 0', 'ZeroDivisionError'],
    ['1 // 0', 'ZeroDivisionError'],
    ['1 % 0', 'ZeroDivisionError'],
    ['true + 1', 'TypeError'],
    ['true + true', 'TypeError'],
    ['"a" - 1', 'TypeError'],
    ['"a" + null', 'TypeError'],
    ['l + [1]', 'TypeError'],
    ['i and true', 'TypeError'],
    ['not s', 'TypeError'],
    ['not null', 'TypeError'],
    ['1 < "a"', 'TypeError'],
    ['null < 1', 'TypeError'],
    ['"a" in s', 'TypeError'],
    ['m.missing', 'KeyError'],
    ['m["missing"]', 'KeyError'],
    ['l[3]', 'IndexError'],
    ['l[-1]', 'IndexError'],
    ['l["a"]', 'TypeError'],
    ['m[0]', 'TypeError'],
    ['i.a', 'TypeError'],
    ['n.a', 'TypeError'],
    ['int("x")', 'ValueError'],
    ['int("2.7")', 'ValueError'],
    ['double("x")', 'ValueError'],
    ['int(null)', 'TypeError'],
    ['string(m)', 'TypeError'],
    ['string(s)', 'TypeError'],
    ['int(i)', 'TypeError'],
    ['double(d)', 'TypeError'],
    ['len(5)', 'TypeError'],
    ['keys(l)', 'TypeError'],
    ['9223372036854775807 + 1', 'ValueError'],
  ])('%s → %s', async (expression, tag) => {
    const { error } = await run(expression);
    expect(error).toMatchObject({ tags: [tag] });
    expect(Object.keys(error ?? {})).toEqual(['message', 'tags']);
  });
});

test("the message of a bad 'in' is the official one, with its step, routine and line", async () => {
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
  test.each([
    ['1 +'],
    ['(1'],
    ['"open'],
    ['1 2'],
    ['a ? b : c'],
    ['{"a": 1}'],
    ['"a" not in m'],
    ['99999999999999999999'],
    ['"\\q"'],
    ['i.'],
    ['i()()'],
    [`"${'x'.repeat(400)}"`],
  ])('%s', async (expression) => {
    expect((await run(expression)).refused).toContain('failed to build: error in step answer: ');
  });
});
