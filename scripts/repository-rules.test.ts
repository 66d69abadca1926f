import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['functions', 'scripts', 'sql', 'terraform', 'workflows'];
const MAX_LINES = 400;

interface SourceFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** What it imports: paths from the root for relative imports, else the specifier. */
  readonly imports: readonly string[];
}

const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports = [...text.matchAll(IMPORT)].map(([, specifier = '']) =>
    specifier.startsWith('.') ? join(dirname(path), specifier) : specifier,
  );
  return { path, text, imports };
}

const files = FOLDERS.filter((folder) => existsSync(join(ROOT, folder)))
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
      // What a tool has put there, such as Terraform's providers.
      .filter((path) => !path.includes('/.')),
  )
  .map(readSource);
const sources = files.filter(({ path }) => extname(path) === '.ts');
/** npm run chaos is a test that goes on for as long as one likes. */
const TESTS = /\.test\.ts$|\/testing\/|\/chaos\/|^scripts\/chaos\.ts$/;
function isTest({ path }: SourceFile) {
  return TESTS.test(path);
}
function isIn(folder: string) {
  return (file: SourceFile) => file.path.startsWith(`${folder}/`);
}

/** Each import that breaks a rule, as `file imports what`. */
function findImports(
  from: readonly SourceFile[],
  breaks: (specifier: string, file: SourceFile) => boolean,
): readonly string[] {
  return from.flatMap((file) =>
    file.imports
      .filter((specifier) => breaks(specifier, file))
      .map((specifier) => `${file.path} imports ${specifier}`),
  );
}

function findText(from: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return from.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
}

/** `download` for `functions/download/index.ts`. */
function functionOf(path: string): string | undefined {
  return /^functions\/([^/]+)\//.exec(path)?.[1];
}

describe('the rules of this repository', () => {
  test('are checked against real files and real imports', () => {
    expect(sources.length).toBeGreaterThan(100);
    const [download] = sources.filter(({ path }) => path === 'functions/download/index.ts');
    expect(download?.imports).toContain('functions/shared/http.ts');
    expect(download?.imports).toContain('@google-cloud/functions-framework');
  });

  test('functions never import from scripts, their tests neither', () => {
    const imports = findImports(sources.filter(isIn('functions')), (specifier) =>
      specifier.startsWith('scripts/'),
    );
    expect(imports).toEqual([]);
  });

  test('a function never imports another function; only its tests may', () => {
    const production = sources.filter(isIn('functions')).filter((file) => !isTest(file));
    const imports = findImports(production, (specifier, { path }) => {
      const [from, to] = [functionOf(path), functionOf(specifier)];
      return from !== undefined && to !== undefined && to !== 'shared' && to !== from;
    });
    expect(imports).toEqual([]);
  });

  test('no production code imports a test or what only tests use', () => {
    // Vitest's global set-up is itself a part of the tests.
    const production = sources.filter((file) => !isTest(file));
    const imports = findImports(
      production,
      (specifier) => TESTS.test(specifier) && !specifier.startsWith('@'),
    );
    expect(imports).toEqual([]);
  });

  test('the workflow engine imports only itself and packages', () => {
    const engine = 'scripts/local/workflows';
    const imports = findImports(
      sources.filter(isIn(engine)),
      (specifier) =>
        FOLDERS.some((folder) => specifier.startsWith(`${folder}/`)) &&
        !specifier.startsWith(`${engine}/`),
    );
    expect(imports).toEqual([]);
  });

  test('relative imports name the file that is there', () => {
    const paths = new Set(files.map(({ path }) => path));
    const imports = findImports(
      sources,
      (specifier) =>
        FOLDERS.some((folder) => specifier.startsWith(`${folder}/`)) && !paths.has(specifier),
    );
    expect(imports).toEqual([]);
  });

  test('modules of node are imported as node:', () => {
    const imports = findImports(sources, (specifier) => builtinModules.includes(specifier));
    expect(imports).toEqual([]);
  });

  test('nothing is written to the console', () => {
    expect(findText(sources, /\bconsole\s*\.\s*(?!cloud\.google)/)).toEqual([]);
  });

  test('functions read the environment in one place', () => {
    const reading = findText(sources.filter(isIn('functions')), /\bprocess\s*\.\s*env\b/);
    expect(reading).toEqual(['functions/index.ts']);
  });

  test('nothing is switched off that checks the code', () => {
    expect(findText(sources, /@ts-(?:ignore|expect-error|nocheck)|biome[-]ignore/)).toEqual([]);
  });

  test(`no file has more than ${MAX_LINES} lines`, () => {
    const long = files
      // Tables of test cases are data.
      .filter(({ path }) => !path.endsWith('.cases.yaml'))
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });
});
