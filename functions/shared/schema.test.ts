import type { Selectable } from 'kysely';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { Database } from './schema.ts';
import { cloneDatabase } from './testing/clone-database.ts';

type NameOf<T> = T extends boolean
  ? 'boolean'
  : T extends number
    ? 'number'
    : T extends string
      ? 'string'
      : T extends Date
        ? 'Date'
        : T extends readonly number[]
          ? 'number[]'
          : T extends readonly string[]
            ? 'string[]'
            : T extends readonly object[]
              ? 'object[]'
              : never;

/** The name of each column's type, with `?` if the column can be null. */
type ColumnTypes<Row> = {
  readonly [Column in keyof Row]: null extends Row[Column]
    ? `${NameOf<NonNullable<Row[Column]>>}?`
    : NameOf<Row[Column]>;
};

/** The compiler holds this to schema.ts, the test below holds it to the migrations. */
const TABLES: { readonly [Table in keyof Database]: ColumnTypes<Selectable<Database[Table]>> } = {
  sync_runs: {
    id: 'number',
    execution_id: 'string',
    trigger: 'string',
    message_id: 'string?',
    file_path: 'string?',
    started_at: 'Date',
    completed_at: 'Date?',
    status: 'string',
    records_total: 'number',
    records_new: 'number',
    records_updated: 'number',
    records_unchanged: 'number',
    records_errors: 'number',
    records_superseded: 'number',
    chunks_total: 'number?',
    error_message: 'string?',
    snapshot_path: 'string?',
    duration_ms: 'number?',
    resumed_from: 'number?',
    feed_records: 'number?',
    partial: 'boolean',
    accept_shrink: 'boolean',
    feed_columns: 'string[]?',
    accept_drift: 'boolean',
    source: 'string?',
    feed_run: 'number?',
    feed_at: 'Date?',
    accept_outdated: 'boolean',
    dry_run: 'boolean',
    records_removed: 'number',
    records_returned: 'number',
    warnings: 'object[]',
    download_ms: 'number?',
    error_code: 'string?',
    error_hint: 'string?',
  },
  sync_chunks: {
    run_id: 'number',
    chunk_number: 'number',
    byte_start: 'number',
    byte_end: 'number',
    record_count: 'number',
    record_begins: 'number[]?',
    record_ends: 'number[]?',
    record_fingerprints: 'string[]?',
    status: 'string',
    records_new: 'number',
    records_updated: 'number',
    records_unchanged: 'number',
    records_errors: 'number',
    records_superseded: 'number',
    error: 'string?',
    done_at: 'Date?',
    duration_ms: 'number?',
  },
};

/** PostgreSQL's types as the pool reads them; it makes numbers of bigint. */
const TYPES: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int4: 'number',
  int8: 'number',
  text: 'string',
  timestamptz: 'Date',
  _int4: 'number[]',
  _text: 'string[]',
  _uuid: 'string[]',
  jsonb: 'object[]',
};

interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

test.each(Object.entries(TABLES))(
  'the type of %s is the table that the migrations create',
  async (table, types) => {
    await using database = await cloneDatabase();
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query<Column>(
      `select column_name as name, udt_name as type, is_nullable = 'YES' as nullable
       from information_schema.columns
       where table_schema = 'public' and table_name = $1`,
      [table],
    );
    await client.end();
    const columns = rows.map(({ name, type, nullable }) => [
      name,
      `${TYPES[type] ?? type}${nullable ? '?' : ''}`,
    ]);
    expect(Object.fromEntries(columns)).toEqual(types);
  },
);
