import { expect, test } from 'vitest';
import { runSnippet } from './run-snippet.ts';

const repeat = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_item, at) => line(at)).join('');

const assignments = (count: number) =>
  `- a:\n    assign:\n${repeat(count, (at) => `      - x${at}: 1\n`)}`;

test('50 assignments are taken, 51 are refused', async () => {
  expect((await runSnippet(assignments(50))).result).toBe('null');
  expect((await runSnippet(assignments(51))).refused).toContain('51 assignments');
});

const conditions = (count: number) =>
  `- a:\n    switch:\n${repeat(count, () => '      - condition: false\n        next: end\n')}`;

test('50 conditions are taken, 51 are refused', async () => {
  expect((await runSnippet(conditions(50))).result).toBe('null');
  expect((await runSnippet(conditions(51))).refused).toContain('51 conditions');
});

test('a source of 128 KB is taken, one more byte is refused', async () => {
  const step = '- a:\n    return: 1\n#';
  const fill = 'x'.repeat(128 * 1024 - step.length);
  expect((await runSnippet(step + fill)).result).toBe('1');
  expect((await runSnippet(`${step}${fill}x`)).refused).toContain('131073 bytes');
});

test('variables are measured by the documented formula against 512 KB', async () => {
  const list = JSON.stringify(Array.from({ length: 1500 }, (_item, at) => at));
  const copies = (count: number) =>
    `- a:\n    assign:\n      - l: ${list}\n      - k: []\n- b:\n    for:\n      value: v\n      range: [1, ${count}]\n      steps:\n        - c:\n            assign:\n              - k: \${list.concat(k, l)}\n`;
  // l takes 12,008; k takes 8 and 12,008 a copy: 42 copies are 516,352 of 524,288 bytes.
  expect((await runSnippet(copies(42))).result).toBe('null');
  expect((await runSnippet(copies(43))).error).toMatchObject({ tags: ['ResourceLimitError'] });
});

test('an expression of 400 characters is taken, 401 are refused', async () => {
  const source = (length: number) => `- a:\n    return: \${${'1'.padEnd(length, ' ')}}\n`;
  expect((await runSnippet(source(400))).result).toBe('1');
  expect((await runSnippet(source(401))).refused).toContain('401 characters');
});

test('10,000 steps of assign and switch take well under a second', async () => {
  const source = [
    '- start:',
    '    assign:',
    '      - n: 0',
    '- count:',
    '    assign:',
    `      - n: \${n + 1}`,
    '- check:',
    '    switch:',
    `      - condition: \${n < 5000}`,
    '        next: count',
    '- done:',
    `    return: \${n}`,
  ].join('\n');
  const before = process.cpuUsage();
  expect((await runSnippet(source)).result).toBe('5000');
  const used = process.cpuUsage(before);
  expect((used.user + used.system) / 1e6).toBeLessThan(1);
});
