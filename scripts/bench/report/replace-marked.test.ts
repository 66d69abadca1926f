import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { replaceMarked } from './replace-marked.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test("only the text between the README's markers is replaced", () => {
  const once = replaceMarked(README, 'One table\n');
  const twice = replaceMarked(once, 'Another table\n');
  expect(once).toContain('\n\nOne table\n\n<!-- /bench -->');
  expect(twice).toBe(once.replace('One table', 'Another table'));
  const around = (text: string) => text.split(/<!--/).map((part) => part.split('-->').at(-1));
  expect(around(once).at(0)).toBe(around(README).at(0));
  expect(around(once).at(-1)).toBe(around(README).at(-1));
});

test.each(['no markers', `${README}${README}`])(
  'without exactly one pair of markers nothing is written',
  (text) => {
    expect(() => replaceMarked(text, 'A table')).toThrow('once each');
  },
);
