import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltFunctions, buildFunctions } from './build-functions.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../build.ts', import.meta.url));

let directory: string;
let built: BuiltFunctions;
let entries: Record<string, Uint8Array>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'build-'));
  built = await buildFunctions(directory);
  entries = unzipSync(await readFile(built.zip));
});

afterAll(() => rm(directory, { recursive: true }));

function parse(path: string) {
  return JSON.parse(strFromU8(entries[path] as Uint8Array));
}

describe('the deployable source', () => {
  test('has only the code, the queries, a manifest and its lock', () => {
    const [manifest, lock, code, ...queries] = built.files;
    expect([manifest, lock, code]).toEqual([
      'package.json',
      'package-lock.json',
      'functions/bundle/index.js',
    ]);
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(query).toMatch(/^sql\/queries\/[a-z-]+\.sql$/);
    expect(Object.keys(entries).sort()).toEqual([...built.files].sort());
  });

  test('contains no test, no script and no development dependency', async () => {
    const lock = JSON.parse(
      await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8'),
    );
    const own = built.inputs.filter((input) => !input.startsWith('node_modules/'));
    expect(own).toContain('functions/ingest-chunk/merge-records.ts');
    for (const input of own) {
      expect(input).toMatch(/^functions\//);
      expect(input).not.toMatch(/\.test\.ts$|\/testing\//);
    }
    const bundled = built.inputs.flatMap(
      (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
    );
    expect(bundled).toContain('node_modules/pg');
    const installed = Object.keys(parse('package-lock.json').packages).filter(Boolean);
    for (const path of [...bundled, ...installed]) {
      expect(lock.packages[path], path).toBeDefined();
      expect(lock.packages[path].dev, path).toBeUndefined();
    }
  });

  test('names what the buildpack needs (entry point, runtime, framework) and no script', () => {
    const manifest = parse('package.json');
    expect(manifest).toMatchObject({
      type: 'module',
      main: 'functions/bundle/index.js',
      engines: { node: '24.x' },
      dependencies: { '@google-cloud/functions-framework': expect.any(String) },
    });
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('devDependencies');
  });

  test('has a lock that npm ci accepts', async () => {
    const { stdout } = await run('npm', ['ci', '--dry-run', '--offline', '--omit=dev'], {
      cwd: join(directory, 'functions'),
    });
    expect(stdout).toMatch(/^added \d+ packages/m);
  });

  test('has the same bytes in another time zone and another folder', async () => {
    const { stdout } = await run(process.execPath, [SCRIPT, '--json', '--out', directory], {
      cwd: directory,
      env: { TZ: 'Asia/Tokyo' },
    });
    expect(JSON.parse(stdout)).toMatchObject({ sha256: built.sha256, bytes: built.bytes });
  });
});
