import type pg from 'pg';
import type { BenchDatabase } from '../database/bench-database.ts';

/** Values in PostgreSQL's text format, in the order of the columns. */
export type Row = readonly (string | null)[];

const KEY = ['permit_num', 'revision_num', 'permit_type'];

const asText: pg.CustomTypesConfig = { getTypeParser: () => String as never };

/** Reads up to `limit` stored permits as a sample. */
export async function sampleRows(
  { client, columns }: BenchDatabase,
  limit: number,
): Promise<readonly Row[]> {
  const { rows } = await client.query({
    text: `select ${columns.join(', ')} from stored_permits limit $1`,
    values: [limit],
    rowMode: 'array',
    types: asText,
  });
  return rows as unknown as readonly Row[];
}

/**
 * Loads ready rows by the specification's algorithm over one connection: one transaction per record
 * selects the permit by its key, compares the hash, and inserts, updates or touches the permit.
 * Reading, mapping and hashing are excluded and the tables are small; both work in its favour.
 *
 * @returns the number of permits inserted or updated.
 */
export async function loadRows(
  { client, columns }: BenchDatabase,
  rows: readonly Row[],
): Promise<number> {
  const list = columns.join(', ');
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  const keyIndexes = KEY.map((name) => columns.indexOf(name));
  const hashIndex = columns.indexOf('data_hash');
  const key = `(${KEY.join(', ')})`;
  const select = `select data_hash::text from stored_permits where ${key} = ($1, $2, $3)`;
  const insert = `insert into stored_permits (${list}) values (${places})`;
  const keyPlaces = keyIndexes.map((index) => `$${index + 1}`).join(', ');
  const update = `update stored_permits set (${list}) = row(${places}) where ${key} = (${keyPlaces})`;
  const touch = `update stored_permits set last_seen_at = now() where ${key} = ($1, $2, $3)`;

  const run = (text: string, values: Row) => client.query<{ data_hash: string }>(text, [...values]);
  let written = 0;
  for (const row of rows) {
    const keyValues = keyIndexes.map((index) => row[index] ?? null);
    await client.query('begin');
    const [stored] = (await run(select, keyValues)).rows;
    if (stored === undefined) await run(insert, row);
    else if (stored.data_hash !== row[hashIndex]) await run(update, row);
    else await run(touch, keyValues);
    await client.query('commit');
    if (stored?.data_hash !== row[hashIndex]) written += 1;
  }
  return written;
}
