import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8');

/** Each `<command>.ts` beside this test. */
const COMMANDS = readdirSync(new URL('.', import.meta.url)).flatMap(
  (file) => /^([a-z-]+)\.ts$/.exec(file)?.[1] ?? [],
);

/** The row of each command in the README's first table. */
const ROWS = new Map(
  [...README.matchAll(/^\| `([a-z-]+)` \| (.*)$/gm)].map(([, name = '', row = '']) => [name, row]),
);

async function readHelp(name: string): Promise<string> {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--help']);
  return stdout;
}

describe('the README of the commands', () => {
  test('has a row for each command and no other', () => {
    expect([...ROWS.keys()].sort()).toEqual([...COMMANDS].sort());
  });

  test.each(COMMANDS)('names only options that %s has', async (name) => {
    const help = await readHelp(name);
    for (const [option] of ROWS.get(name)?.matchAll(/--[a-z-]+/g) ?? []) {
      expect(help).toMatch(new RegExp(`^ +${option}\\b`, 'm'));
    }
    const examples = README.matchAll(new RegExp(`^\\$ npm (?:run )?${name} -- (.*)$`, 'gm'));
    for (const [, line = ''] of examples) {
      for (const [option] of line.matchAll(/--[a-z-]+/g)) {
        expect(help).toMatch(new RegExp(`^ +${option}\\b`, 'm'));
      }
    }
  });
});
