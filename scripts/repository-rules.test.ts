import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['functions', 'scripts', 'sql', 'terraform', 'workflows'];
const MAX_LINES = 400;
const MAX_FILES_IN_FOLDER = 20;
const MAX_COMMENT_COLUMNS = 100;

/** Folders of files of one kind, which readers look up by name. */
const CROWDED_FOLDERS = ['sql/migrations', 'sql/queries', 'terraform'];

/** Names of files that have the same role in each folder. */
const SHARED_NAMES = ['README.md', 'contract.ts', 'errors.ts', 'index.test.ts', 'index.ts'];

interface SourceFile {
  /** Path from the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Its imports: paths from the root for relative imports, otherwise the specifiers. */
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
      // Hidden folders are those of tools, such as Terraform's providers.
      .filter((path) => !path.includes('/.')),
  )
  .map(readSource);
const sources = files.filter(({ path }) => extname(path) === '.ts');
const sourceByPath = new Map(sources.map((file) => [file.path, file]));
/** Tests and their helpers; npm run chaos is a test that runs for any length of time. */
const TESTS = /\.test\.ts$|\/testing\/|\/chaos\/|^scripts\/chaos\.ts$/;
function isTest({ path }: SourceFile) {
  return TESTS.test(path);
}
function isIn(folder: string) {
  return (file: SourceFile) => file.path.startsWith(`${folder}/`);
}

/** Lists the imports that break a rule, as `file imports specifier`. */
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

/** Lists files and everything that they import, directly or not. */
function listReachable(from: readonly SourceFile[]): readonly SourceFile[] {
  const reached = new Set(from);
  // Iterating over a set also visits the elements that are added meanwhile.
  for (const { imports } of reached) {
    for (const path of imports) {
      const file = sourceByPath.get(path);
      if (file) reached.add(file);
    }
  }
  return [...reached];
}

function findText(from: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return from.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
}

/** Extracts `download` from `functions/download/index.ts`. */
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

  test('functions never import from scripts, nor do their tests', () => {
    const imports = findImports(sources.filter(isIn('functions')), (specifier) =>
      specifier.startsWith('scripts/'),
    );
    expect(imports).toEqual([]);
  });

  test('a function never imports another function; its tests may', () => {
    const production = sources.filter(isIn('functions')).filter((file) => !isTest(file));
    const imports = findImports(production, (specifier, { path }) => {
      const [from, to] = [functionOf(path), functionOf(specifier)];
      return from !== undefined && to !== undefined && to !== 'shared' && to !== from;
    });
    expect(imports).toEqual([]);
  });

  test('no production code imports a test or a helper of tests', () => {
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

  test('the checks of the workflow engine do not import its interpreter', () => {
    const engine = 'scripts/local/workflows';
    const checks = sources.filter(isIn(`${engine}/check`)).filter((file) => !isTest(file));
    const imports = findImports(checks, (specifier) =>
      specifier.startsWith(`${engine}/interpreter/`),
    );
    expect(imports).toEqual([]);
  });

  test('deploying and migrating need nothing of the local cloud', () => {
    const entries = sources
      .filter(({ path }) => /^(?:sql|terraform)\/|^scripts\/(?:deploy|migrate)/.test(path))
      .filter((file) => !isTest(file));
    expect(entries.map(({ path }) => path)).toContain('scripts/migrate.ts');
    const imports = findImports(listReachable(entries), (specifier) =>
      specifier.startsWith('scripts/local/'),
    );
    expect(imports).toEqual([]);
  });

  test('only the two recursive descents of the workflow engine import each other in circles', () => {
    const circular = sources
      .filter((file) => {
        const imported = file.imports.flatMap((path) => sourceByPath.get(path) ?? []);
        return listReachable(imported).includes(file);
      })
      .map(({ path }) => path);
    const engine = 'scripts/local/workflows';
    // A step's parser parses the steps inside it, and running a step runs those.
    const isRecursive = (path: string) =>
      path.startsWith(`${engine}/source/parse-`) ||
      path.startsWith(`${engine}/interpreter/steps/run-`);
    expect(circular.filter((path) => !isRecursive(path))).toEqual([]);
    expect(circular).toContain(`${engine}/source/parse-step.ts`);
  });

  test('relative imports name files that exist', () => {
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

  test('no check of the code is switched off', () => {
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

  test(`no folder has more than ${MAX_FILES_IN_FOLDER} files beside each other, tests aside`, () => {
    const crowded = [...Map.groupBy(files, ({ path }) => dirname(path))]
      .filter(([folder]) => !CROWDED_FOLDERS.includes(folder))
      .map(([folder, all]) => ({ folder, files: all.filter((file) => !isTest(file)).length }))
      .filter(({ files }) => files > MAX_FILES_IN_FOLDER);
    expect(crowded).toEqual([]);
  });

  test('no two files share a name', () => {
    const shared = [...Map.groupBy(files, ({ path }) => basename(path))]
      .filter(([name, all]) => all.length > 1 && !SHARED_NAMES.includes(name))
      .map(([, all]) => all.map(({ path }) => path));
    expect(shared).toEqual([]);
  });

  test('named functions at the top of a module are declarations', () => {
    // With a type annotation an arrow function is a value of that type.
    const arrow =
      /^(?:export )?const \w+ = (?:async )?(?:<[^>]*>)?(?:\w+|\([^)]*\)(?:: [^=;\n]+)?) =>/m;
    expect(findText(sources, arrow)).toEqual([]);
  });

  test(`no line of a comment has more than ${MAX_COMMENT_COLUMNS} columns`, () => {
    const long = files
      .filter(({ path }) => /\.(?:ts|sql)$/.test(path) && !path.startsWith('sql/migrations/'))
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((line, index) => {
          const isComment = /^\s*(?:\/\/|\/\*|\*|--)/.test(line);
          return isComment && line.length > MAX_COMMENT_COLUMNS ? [`${path}:${index + 1}`] : [];
        }),
      );
    expect(long).toEqual([]);
  });
});
