import type { SchemaArgument, SchemaArguments } from './provider-schema.ts';
import type { Block } from './read-terraform.ts';

/** Terraform's own arguments, which every resource accepts. */
const META_ARGUMENTS = ['for_each', 'count', 'depends_on', 'lifecycle', 'provider'];

function isBlockList(value: unknown): value is readonly Block[] {
  return (
    Array.isArray(value) &&
    value.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each))
  );
}

function findInArgument(
  path: string,
  name: string,
  value: unknown,
  schema: SchemaArgument,
): readonly string[] {
  const at = `${path}.${name}`;
  if (schema.kind === 'attribute') {
    // hcl2json writes a block as a list of objects; an attribute's list has only other values.
    if (isBlockList(value) && value.length > 0) return [`${at} is not a block`];
    const listed = schema.values === undefined || schema.values.includes(String(value));
    const literal = typeof value === 'string' && !value.includes('${');
    return literal && !listed ? [`${at} cannot be ${value}`] : [];
  }
  if (!isBlockList(value)) return [`${at} is a block`];
  if (schema.single && value.length > 1) return [`${path} takes one ${name}, not ${value.length}`];
  return value.flatMap((block) => findFaults(at, block, schema.arguments));
}

/** Faults of a block, one line each: unknown or invalid arguments, and missing required ones. */
export function findFaults(path: string, block: Block, schema: SchemaArguments): readonly string[] {
  const set = Object.entries(block).filter(([name]) => !META_ARGUMENTS.includes(name));
  const faults = set.flatMap(([name, value]) => {
    const argument = schema[name];
    return argument === undefined
      ? [`${path} has no argument ${name}`]
      : findInArgument(path, name, value, argument);
  });
  const missing = Object.entries(schema)
    .filter(([name, { required }]) => required && !(name in block))
    .map(([name]) => `${path} needs ${name}`);
  return [...faults, ...missing];
}
