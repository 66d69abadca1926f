import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { CONFIG_VARIABLES } from '../functions/shared/config.ts';

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

const README = read('README.md');

/** Texts in backquotes in the first column of a table in the README. */
function firstColumn(heading: string): string[] {
  const [, section = ''] = README.split(`## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  const cells = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

describe('the README', () => {
  test('names exactly the configuration variables', () => {
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

  test('names only error codes of the functions or the workflow', async () => {
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

  test('names every error code of a function and every failure that the workflow logs', async () => {
    const files = await readdir(new URL('../functions', import.meta.url), { recursive: true });
    const sources = files.filter((file) => file.endsWith('.ts') && !/\.test\.|testing/.test(file));
    const code = sources.map((file) => read(`functions/${file}`)).join('\n');
    const given = [
      ...code.matchAll(/\b(?:permanent|transient)\(\s*'([a-z_]+)'/g),
      ...code.matchAll(/new SyncError\('\w+', '([a-z_]+)'/g),
      ...read('workflows/permit-sync.yaml').matchAll(/ event: (\w+_failed|\w+_not_published)$/gm),
    ].map(([, name]) => name);
    expect(given.length).toBeGreaterThan(25);
    const table = firstColumn('When something breaks');
    for (const each of given) expect(table).toContain(each);
  });

  test('names every variable that the workflow’s YAML reads', () => {
    const yaml = read('workflows/permit-sync.yaml');
    const variables = [...yaml.matchAll(/sys\.get_env\("([A-Z_]+)"\)/g)].map(([, name]) => name);
    const own = variables.filter((name) => !name?.startsWith('GOOGLE_'));
    expect(own.length).toBeGreaterThan(0);
    for (const name of own) expect(README).toContain(`\`${name}\``);
  });
});
