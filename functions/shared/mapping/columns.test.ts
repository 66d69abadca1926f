import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../testing/create-test-context.ts';
import { COLUMN_TYPES, FEED_COLUMNS } from './columns.ts';
import { renderColumns } from './render-columns.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

/** The columns of a table or view that are in the list, in order. */
async function readColumns(table: string): Promise<readonly Column[]> {
  const { rows } = await context.pool.query<Column>(
    `select column_name as name, data_type as type, is_nullable = 'YES' as nullable
     from information_schema.columns
     where table_name = $1
       and column_name = any($2)
     order by ordinal_position`,
    [table, FEED_COLUMNS.map(([name]) => name.toLowerCase())],
  );
  return rows;
}

const columns = FEED_COLUMNS.map(([name, kind]) => ({
  name: name.toLowerCase(),
  type: COLUMN_TYPES[kind],
  nullable: kind !== 'key',
}));

const fields = columns.filter(({ nullable }) => nullable).map(({ name }) => name);

test('stored_permits has the mapped columns, with their types and in their order', async () => {
  expect(await readColumns('stored_permits')).toEqual(columns);
});

test('the view permits shows all of them', async () => {
  const withoutNull = ({ name, type }: Pick<Column, 'name' | 'type'>) => ({ name, type });
  expect((await readColumns('permits')).map(withoutNull)).toEqual(columns.map(withoutNull));
});

test('the history takes every column except the key', async () => {
  const { rows } = await context.pool.query<{ field: string }>(
    `select jsonb_object_keys(
       permit_fields(to_jsonb(jsonb_populate_record(null::stored_permits, '{"extra": {}}')))
     ) as field`,
  );
  expect(rows.map(({ field }) => field).sort()).toEqual(fields.toSorted());
});

test('placeholders are rendered; casts and quoted variables are unchanged', () => {
  expect(renderColumns(':columns')).toBe(columns.map(({ name }) => name).join(', '));
  expect(renderColumns(':fields')).toBe(fields.join(', '));
  expect(renderColumns(':definitions')).toMatch(/^permit_num text not null, .*issued_date date, /);
  expect(renderColumns(':assignments')).toContain('est_const_cost = incoming.est_const_cost');
  expect(renderColumns(':changes')).toContain(
    "('est_const_cost', stored.est_const_cost::text, incoming.est_const_cost::text)",
  );
  expect(renderColumns('a::columns, :"user", :other')).toBe('a::columns, :"user", :other');
});
