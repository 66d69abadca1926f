import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readTerraform } from './testing/read-terraform.ts';
import { writeTables } from './testing/readme-tables.ts';

const terraform = await readTerraform();
function readText(name: string) {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
const readme = readText('README.md');

/** Table rows under a heading, without the table's head. */
function rowsUnder(heading: string): string {
  const section = readme.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return `${lines.slice(2).join('\n')}\n`;
}

test('the README lists every input with its meaning and default', () => {
  expect(rowsUnder('Inputs')).toBe(writeTables(terraform).inputs);
});

test('the README lists every output', () => {
  expect(rowsUnder('Outputs')).toBe(writeTables(terraform).outputs);
});

test('every sizing variable has its price', () => {
  const sizing = ['tier', 'availability', 'disk_gb', 'max_connections'].map(
    (it) => `database_${it}`,
  );
  for (const name of [...sizing, 'chunk_concurrency', 'feed_retention_days']) {
    expect(rowsUnder('What a month costs')).toContain(`| \`${name}\` |`);
    expect(terraform.variables).toHaveProperty(name);
  }
});

test('the parts of the price add up to the total', () => {
  const rows = rowsUnder('What a month costs').split('\n').slice(0, 9);
  const amounts = rows.map((row) => Number(/([\d.]+)[* ]*\|$/.exec(row)?.[1]));
  const [total = 0, ...parts] = amounts.toReversed();
  expect(Math.round(parts.reduce((sum, each) => sum + each, 0))).toBe(total);
});

test('variables and outputs are in alphabetical order', () => {
  for (const [file, kind] of [
    ['variables.tf', 'variable'],
    ['outputs.tf', 'output'],
  ] as const) {
    const names = [...readText(file).matchAll(new RegExp(`^${kind} "(\\w+)"`, 'gm'))];
    const inOrder = names.map(([, name]) => name);
    expect(inOrder).toEqual(inOrder.toSorted());
  }
});

test('the example sets every variable without a default, and names only known variables', () => {
  const example = readText('terraform.tfvars.example');
  const set = [...example.matchAll(/^(\w+) +=/gm)].map(([, name]) => name);
  const offered = [...example.matchAll(/^# (\w+) +=/gm)].map(([, name]) => name);
  const needed = Object.entries(terraform.variables).filter(([, block]) => !('default' in block));
  expect(set.sort()).toEqual(needed.map(([name]) => name).sort());
  expect(Object.keys(terraform.variables)).toEqual(expect.arrayContaining(offered));
});

test('the outputs are the ones that the deploy scripts read', () => {
  expect(Object.keys(terraform.outputs).sort()).toEqual([
    'api_url',
    'console_url',
    'database_connection_name',
    'database_name',
    'database_public_ip',
    'database_users',
    'project_id',
    'psql_command',
    'region',
    'run_command',
    'workflow_name',
  ]);
});
