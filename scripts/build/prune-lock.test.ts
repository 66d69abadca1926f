import { describe, expect, test } from 'vitest';
import { pruneLock } from './prune-lock.ts';

function manifest(...names: string[]) {
  return {
    name: 'app',
    version: '1.0.0',
    license: 'Apache-2.0',
    engines: { node: '24.x' },
    dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
  };
}

function pathsOf(packages: object, ...names: string[]): string[] {
  return Object.keys(
    pruneLock({ lockfileVersion: 3, packages }, manifest(...names)).packages as object,
  ).filter((path) => path !== '');
}

describe('pruneLock', () => {
  test('keeps only what the dependencies need, at any depth', () => {
    const packages = {
      'node_modules/a': { dependencies: { b: '*' } },
      'node_modules/b': { dependencies: { a: '*' } },
      'node_modules/c': { dev: true },
    };
    expect(pathsOf(packages, 'a')).toEqual(['node_modules/a', 'node_modules/b']);
  });

  test('keeps the copy that Node would find, the nearest one', () => {
    const packages = {
      'node_modules/@x/a': { dependencies: { b: '*' } },
      'node_modules/@x/a/node_modules/b': { dependencies: { c: '*' } },
      'node_modules/@x/a/node_modules/b/node_modules/d': {},
      'node_modules/b': {},
      'node_modules/c': { dependencies: { b: '*' } },
      'node_modules/d': {},
    };
    expect(pathsOf(packages, '@x/a')).toEqual([
      'node_modules/@x/a',
      'node_modules/@x/a/node_modules/b',
      'node_modules/b',
      'node_modules/c',
    ]);
  });

  test('keeps optional dependencies and peers that exist; only required ones must exist', () => {
    const packages = {
      'node_modules/a': {
        dependencies: { native: '*' },
        optionalDependencies: { native: '*' },
        peerDependencies: { peer: '*', absent: '*' },
        peerDependenciesMeta: { absent: { optional: true } },
      },
      'node_modules/peer': {},
    };
    expect(pathsOf(packages, 'a')).toEqual(['node_modules/a', 'node_modules/peer']);
    const broken = { 'node_modules/a': { dependencies: { missing: '*' } } };
    expect(() => pathsOf(broken, 'a')).toThrow(
      'package-lock.json has no missing, which node_modules/a needs',
    );
  });
});
