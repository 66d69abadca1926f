import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CONFIG_VARIABLES } from '../functions/shared/config.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAX_ROOT_README_BYTES = 9_216;

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const README = read('README.md');
const FUNCTIONS_README = read('functions/README.md');
const PAGES = globSync(
  ['*.md', 'functions/**/*.md', 'sql/*.md', 'terraform/*.md', 'scripts/**/*.md'],
  { cwd: ROOT, exclude: (path) => path.includes('node_modules') },
);

/** What stands in backquotes in the first column of a section's first table. */
function firstColumn(page: string, heading: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const table = text.slice(text.indexOf('\n|---'));
  const cells = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** The commands of a page: `start -- --file x` for `npm start -- --file x`. */
function commandsOf(page: string): string[] {
  const npm = [
    ...page.matchAll(/(?<=^|`|\$ |&& |… )npm (?:run )?([a-z][a-z-]+(?: -- [^`#\n]+)?)/gm),
  ];
  const npx = [...page.matchAll(/npx permit-sync ([a-z][^`#\n]*)/g)];
  return [...npm, ...npx].map(([, command = '']) => command.trim());
}

describe('the README', () => {
  test(`has at most ${MAX_ROOT_README_BYTES} bytes`, () => {
    expect(Buffer.byteLength(README)).toBeLessThanOrEqual(MAX_ROOT_README_BYTES);
  });

  test('shows only commands that the gate or a test runs, with their options', () => {
    const gate = read('.ci/run');
    const tests = globSync('scripts/**/*.test.ts', { cwd: ROOT }).map(read).join('\n');
    const commands = commandsOf(README);
    expect(commands.length).toBeGreaterThan(15);
    for (const command of commands) {
      const [name = '', ...words] = command.split(' ');
      if (['ci', 'test', '--help'].includes(name)) continue;
      const runs = new RegExp(
        `npm (?:run )?${name}\\b|permit-sync ${name}\\b|/${name}\\.ts|\\('${name}'`,
      );
      expect(gate + tests, command).toMatch(runs);
      for (const option of words.filter((word) => /^--[a-z]/.test(word))) {
        expect(gate + tests, command).toMatch(new RegExp(`${option}\\b`));
      }
    }
  });
});

describe('every page', () => {
  test.each(PAGES)('%s names only npm scripts that exist', (path) => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...read(path).matchAll(/npm run ([a-z-]+)|npm (start|test)\b/g)];
    for (const [, script, builtIn] of named) {
      expect(scripts).toHaveProperty([script ?? builtIn ?? '']);
    }
  });

  test.each(PAGES)('%s links only to files and headings that exist', (path) => {
    for (const [, target = ''] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', heading] = target.split('#');
      const page = file === '' ? path : join(dirname(path), file);
      expect(existsSync(join(ROOT, page)), `${path} links to ${target}`).toBe(true);
      if (heading === undefined) continue;
      const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
        text
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(headings, `${path} links to ${target}`).toContain(heading);
    }
  });
});

describe('the page of the functions', () => {
  test('names every configuration variable, and no other', () => {
    expect(firstColumn(FUNCTIONS_README, 'Configuration').sort()).toEqual(
      [...CONFIG_VARIABLES].sort(),
    );
  });

  test('names only variables of the workflow that its YAML reads', () => {
    const variables = read('workflows/permit-sync.yaml').matchAll(/sys\.get_env\("([A-Z_]+)"\)/g);
    const own = [...variables]
      .map(([, name = '']) => name)
      .filter((name) => !/^GOOGLE_/.test(name));
    expect(own.length).toBeGreaterThan(0);
    for (const name of own) expect(FUNCTIONS_README).toContain(`\`${name}\``);
  });
});

describe('the table of errors', () => {
  const table = firstColumn(FUNCTIONS_README, 'Errors');
  const code = [
    ...globSync('functions/**/*.ts', {
      cwd: ROOT,
      exclude: (path) => /\.test\.|testing/.test(path),
    }).map(read),
    read('workflows/permit-sync.yaml'),
  ].join('\n');

  test('has only codes that the functions or the workflow give', () => {
    const codes = table.filter((cell) => !cell.startsWith('records_errors'));
    expect(codes.length).toBeGreaterThan(10);
    for (const each of codes) expect(code).toMatch(new RegExp(`['\`: ]${each}\\b`));
  });

  test('has every code that a function gives and every failure that the workflow logs', () => {
    const given = [
      ...code.matchAll(/\b(?:permanent|transient)\(\s*'([a-z_]+)'/g),
      ...code.matchAll(/new SyncError\('\w+', '([a-z_]+)'/g),
      ...code.matchAll(/\{ code: '([a-z_]+)', message/g),
      ...code.matchAll(/ event: (\w+_failed|\w+_not_published)$/gm),
    ].map(([, name]) => name);
    expect(given.length).toBeGreaterThan(25);
    for (const each of given) expect(table).toContain(each);
  });
});
