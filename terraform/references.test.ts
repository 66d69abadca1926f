import { describe, expect, test } from 'vitest';
import { readProviderSchema } from './testing/provider-schema.ts';
import { readTerraform } from './testing/read-terraform.ts';

const terraform = await readTerraform();
const schemas = readProviderSchema();
const addresses = new Set(terraform.resources.map(({ address }) => address));

/** All strings in a value, including expressions. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

const expressions = textsIn(terraform.files).filter((text) => text.includes('${'));
function findAll(pattern: RegExp) {
  return expressions.flatMap((text) => [...text.matchAll(pattern)].map(([, ...groups]) => groups));
}

describe('every expression refers to something that exists', () => {
  test('variables', () => {
    const names = findAll(/\bvar\.(\w+)/g).map(([name]) => name ?? '');
    expect(names.filter((name) => !(name in terraform.variables))).toEqual([]);
    expect(Object.keys(terraform.variables).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('locals', () => {
    const names = findAll(/\blocal\.(\w+)/g).map(([name]) => name ?? '');
    expect(names.filter((name) => !(name in terraform.locals))).toEqual([]);
    expect(Object.keys(terraform.locals).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('resources, and attributes that the provider’s schema knows', () => {
    const references = findAll(/((?:data\.)?google_\w+)\.(\w+)(?:\[(?:[^\]]+)\])?(?:\.(\w+))?/g);
    expect(references.length).toBeGreaterThan(80);
    const wrong = references.filter(([type = '', name, attribute]) => {
      if (!addresses.has(`${type}.${name}`)) return true;
      const schema = schemas.get(type);
      if (attribute === undefined || schema === undefined) return false;
      return !(attribute in schema.arguments) && !schema.computed.includes(attribute);
    });
    expect(wrong).toEqual([]);
  });
});
