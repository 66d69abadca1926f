import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { CONFIG_VARIABLES } from '../functions/shared/config.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const README = read('README.md');

/** What stands in backquotes in the first column of a README table. */
const firstColumn = (heading: string): string[] => {
  const [, section = ''] = README.split(`## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
};

describe('the README', () => {
  test('names every configuration variable, and no other', () => {
    expect(firstColumn('The functions’ configuration').sort()).toEqual(
      [...CONFIG_VARIABLES].sort(),
    );
  });

  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...README.matchAll(/npm (?:run ([a-z-]+)|(start|test))/g)].map(
      ([, script, builtIn]) => script ?? builtIn,
    );
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(scripts).toHaveProperty(name as string);
  });

  test('names only error codes that the functions or the workflow give', async () => {
    const files = await readdir(new URL('../functions', import.meta.url), { recursive: true });
    const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
    const code = [
      ...sources.map((file) => read(`functions/${file}`)),
      read('workflows/permit-sync.yaml'),
    ].join('\n');
    const codes = firstColumn('When something breaks').filter(
      (cell) => !cell.startsWith('records_errors'),
    );
    expect(codes.length).toBeGreaterThan(10);
    for (const each of codes) expect(code).toMatch(new RegExp(`['\`: ]${each}\\b`));
  });

  test('names only variables of the workflow that its YAML reads', () => {
    const yaml = read('workflows/permit-sync.yaml');
    const variables = [...yaml.matchAll(/sys\.get_env\("([A-Z_]+)"\)/g)].map(([, name]) => name);
    const own = variables.filter((name) => !name?.startsWith('GOOGLE_'));
    expect(own.length).toBeGreaterThan(0);
    for (const name of own) expect(README).toContain(`\`${name}\``);
  });
});
